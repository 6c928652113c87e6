package japanese

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWithoutMarkup(t *testing.T) {
	t.Parallel()
	const all = codeMarkup | linkMarkup | imageMarkup | emphasisMarkup
	for text, want := range map[string]string{
		"あ`b`c": "あ___c", "`b": "`b", "``b`c``d": "_______d", "```\nb\n\nc\n```d": "____________d", "`b\n\nc`": "`b\n\nc`",
		"[b](c)d": "______d", "![b](c)d": "_______d", "[b][]d": "_____d", "[^b]d": "____d", "[b]d": "[b]d", "[b](c": "[b](c", "あhttps://b.cあ": "あ___________あ",
		"*b*c": "___c", "**b**c": "_____c", "_b_c": "___c", "2 * 3 * 4": "2 * 3 * 4", "*b": "*b", "hello": "hello", "": "",
	} {
		got := strings.ReplaceAll(withoutMarkup(text, all), "\x00", "_")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got): %s", text, diff)
		}
	}
}

func TestTextBlocks(t *testing.T) {
	t.Parallel()
	type block struct {
		Kind    blockKind
		Speaker string
		Text    string
	}
	text := "# a\nb\nc\n\nd\n- e\n* f\n1. g\n> h\n田中：i\n鈴木: j\nhttps://k\n#l\n"
	want := []block{
		{headingBlock, "", "# a\n"}, {bodyBlock, "", "b\nc\n"}, {bodyBlock, "", "d\n"}, {listBlock, "", "- e\n"}, {listBlock, "", "* f\n"},
		{listBlock, "", "1. g\n"}, {quoteBlock, "", "> h\n"}, {bodyBlock, "田中", "田中：i\n"}, {bodyBlock, "鈴木", "鈴木: j\nhttps://k\n#l\n"},
	}
	var got []block
	blocks := textBlocks(text)
	for _, b := range blocks {
		got = append(got, block{b.kind, b.speaker, text[b.Start:b.End]})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got): %s", diff)
	}
	if b, ok := blockAt(blocks, strings.Index(text, "c\n")); !ok || b.Start != 4 {
		t.Errorf("c is in %+v, %v", b, ok)
	}
	if _, ok := blockAt(blocks, len(text)); ok {
		t.Error("a block after the text")
	}
}

func TestUsualWidth(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"ｶﾞﾊﾟｳﾞ": "ガパヴ", "ﾞ": "゛", "ｱﾟ": "ア゜", "ＡＢ１２": "AB12", "，．": ",.", "あ": "あ"} {
		if got := usualWidth(text); got != want {
			t.Errorf("%q becomes %q, not %q", text, got, want)
		}
	}
}

func TestArabicNumeral(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"三": "3", "十": "10", "二十": "20", "百二十三": "123", "三千五": "3005", "二〇二四": "2024", "九千九百九十九": "9999", "千千千千千千千千千千千": ""} {
		if got := arabicNumeral(text); got != want {
			t.Errorf("%s becomes %q, not %q", text, got, want)
		}
	}
}
