package japanese

import "strings"

// WordList is a Lexicon of words as they are written, with their levels.
type WordList map[string]string

// Level implements Lexicon. It does not look at the reading.
func (w WordList) Level(written, _ string) (string, bool) {
	level, listed := w[written]
	return level, listed
}

// BasicWords returns a small list to begin with: some three hundred of the commonest words of beginners' classes, chosen and graded for this
// package, N5 and N4 as is customary. It is no list of the test, which has none, and far too small for texts above N5: use a list of your own.
func BasicWords() WordList {
	words := WordList{}
	for level, list := range map[string]string{"N5": basicN5, "N4": basicN4} {
		for word := range strings.FieldsSeq(list) {
			words[word] = level
		}
	}
	return words
}

const (
	basicN5 = `
私 わたし あなた 彼 彼女 人 友達 友だち 先生 学生 子供 子ども 父 母 兄 姉 弟 妹 家族 男 女 誰 だれ
これ それ あれ どれ この その あの どの ここ そこ あそこ どこ こちら そちら 何 なに なん いつ いくつ いくら どう なぜ どうして
今日 きょう 明日 あした 昨日 きのう 今 いま 毎日 毎朝 毎晩 毎週 朝 昼 夜 夕方 午前 午後 今年 去年 来年 今週 先週 来週 今月 先月 来月 時間 時 分 半 年 月 日 週 曜日
月曜日 火曜日 水曜日 木曜日 金曜日 土曜日 日曜日 春 夏 秋 冬 誕生日 休み
家 うち 部屋 学校 大学 教室 会社 銀行 病院 駅 店 図書館 公園 町 国 道 庭 山 川 海 空 木 花 犬 猫 鳥 魚 外 中 上 下 前 後ろ 隣 右 左 東 西 南 北
本 新聞 雑誌 辞書 手紙 写真 映画 音楽 歌 紙 鉛筆 机 椅子 いす 窓 ドア 電話 電車 車 自転車 飛行機 バス タクシー テレビ カメラ ラジオ お金 金 切符 荷物 かばん 傘 服 靴 帽子 時計
ご飯 パン 肉 野菜 果物 卵 水 お茶 茶 牛乳 コーヒー 紅茶 料理 朝ご飯 昼ご飯 晩ご飯 りんご 天気 雨 雪 風 色 名前 言葉 日本 日本語 英語 漢字 宿題 問題 質問 仕事 旅行 買い物 散歩 勉強 練習 電気 頭 目 口 耳 手 足
食べる 飲む 見る 聞く 読む 書く 話す 言う 行く 来る 帰る 入る 出る 会う 待つ 買う 売る 使う 作る 開ける 開く 閉める 閉まる 起きる 寝る 立つ 座る 歩く 走る 泳ぐ 遊ぶ 休む 働く 教える 習う 覚える 忘れる 分かる わかる 知る
住む 持つ 取る 置く 貸す 借りる 洗う 着る 脱ぐ 降りる 乗る 曲がる 渡る 切る 始まる 終わる 撮る 歌う 吸う 呼ぶ 答える 死ぬ する 為る いる 居る ある 有る なる 成る あげる もらう くれる 要る できる 出来る
大きい 小さい 高い 安い 新しい 古い 長い 短い いい 良い よい 悪い 暑い 寒い 熱い 冷たい 暖かい 涼しい 早い 速い 遅い 近い 遠い 多い 少ない 重い 軽い 広い 狭い 明るい 暗い 白い 黒い 赤い 青い おいしい 美味しい 楽しい 面白い 難しい 易しい 忙しい 強い 弱い 若い 痛い 甘い
静か 静かな にぎやか 元気 有名 親切 便利 不便 好き 嫌い 上手 下手 きれい 奇麗 綺麗 大切 暇 同じ
とても 大変 あまり 少し ちょっと たくさん もっと よく すぐ また まだ もう 一緒 いっしょ ゆっくり 時々 いつも たいてい 全部 一番 初めて そして それから でも しかし はい いいえ
一 二 三 四 五 六 七 八 九 十 百 千 万 一つ 二つ 三つ`
	basicN4 = `
経験 約束 予定 計画 準備 説明 相談 連絡 返事 意見 理由 原因 関係 社会 文化 歴史 経済 政治 法律 技術 科学 工場 会議 事故 地震 台風 火事 気分 気持ち 趣味 世界 将来 最近 最初 最後 場所 方法 規則 試験 研究 教育 小説 翻訳 放送 番組
考える 思う 思い出す 決める 決まる 調べる 比べる 続ける 続く 変える 変わる 集める 集まる 伝える 届ける 届く 育てる 直す 直る 治る 壊す 壊れる 落とす 落ちる 失う 探す 見つける 見つかる 頼む 手伝う 誘う 謝る 怒る 笑う 泣く 驚く 喜ぶ 心配 残る 残す 過ぎる 運ぶ 選ぶ 増える 減る 通う 慣れる 慰める
嬉しい うれしい 悲しい 寂しい さびしい 恥ずかしい 怖い こわい 厳しい 珍しい 正しい 美しい 深い 浅い 柔らかい 硬い 丁寧 必要 安全 危険 複雑 簡単 自由 特別 普通 十分 残念 熱心
必ず きっと 多分 たぶん もちろん やっと 急に 特に 例えば たとえば 実は ずっと だんだん なるべく はっきり しっかり`
)
