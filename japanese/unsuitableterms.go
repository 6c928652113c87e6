package japanese

import (
	"slices"

	"github.com/shugo-data/shugo/quality"
)

// The sources of the built-in terms.
const (
	disabilityAct  = "障害に関する用語の整理に関する法律 (昭和57年法律第66号)"
	intellectAct   = "精神薄弱の用語の整理のための関係法律の一部を改正する法律 (平成10年法律第110号)"
	dementiaNotice = "厚生労働省「『痴呆』に替わる用語に関する検討会」報告 (2004)"
	nursesAct      = "保健師助産師看護師法 (2001年改正)"
	pressHandbook  = "共同通信社『記者ハンドブック』: 差別語, 不快用語; ジェンダー平等への配慮 (第14版, 2022)"
	broadcasters   = "NHK放送ガイドライン (人権, 表現); 日本民間放送連盟 放送基準 (表現上の配慮)"
	genderGuide    = "内閣府「男女共同参画の視点からの公的広報の手引」 (2003)"
	hateSpeechAct  = "本邦外出身者に対する不当な差別的言動の解消に向けた取組の推進に関する法律 (平成28年法律第68号)"
	lgbtGuide      = "LGBT報道ガイドライン (2019)"
)

// Terms returns the built-in terms: a short list, made by hand for this package from what laws have replaced and what broadcasters and the press
// advise against, as far as that is generally known; no list of theirs was copied, so look a term up with them before quoting them. It is no
// list of all insults; a host adds its own to [WordRules].
func Terms() []Term {
	return slices.Concat(disabilityTerms(), illnessTerms(), originTerms(), genderTerms(), occupationTerms(), ageTerms(), sexualityTerms(), bodyTerms())
}

func disabilityTerms() []Term {
	c := DisabilityTerm
	return []Term{
		{Text: "めくら", Variants: []string{"メクラ"}, Category: c, Severity: quality.High, Instead: []string{"目の不自由な人", "視覚障害者"}, Source: disabilityAct},
		{Text: "明き盲", Reading: "アキメクラ", Variants: []string{"明盲"}, Category: c, Severity: quality.High, Instead: []string{"読み書きのできない人"}, Source: broadcasters},
		{Text: "盲判", Reading: "メクラバン", Variants: []string{"めくら判"}, Category: c, Instead: []string{"中身を見ずに押す判"}, Source: broadcasters},
		{Text: "文盲", Reading: "モンモウ", Category: c, Instead: []string{"非識字", "読み書きのできないこと"}, Source: broadcasters},
		{Text: "色盲", Reading: "シキモウ", Category: c, Instead: []string{"色覚異常", "色覚多様性"}, Source: "日本眼科学会用語集 (2005)"},
		{Text: "つんぼ", Variants: []string{"ツンボ"}, Category: c, Severity: quality.High, Instead: []string{"耳の不自由な人", "聴覚障害者"}, Source: disabilityAct},
		{Text: "聾桟敷", Reading: "ツンボサジキ", Variants: []string{"つんぼ桟敷"}, Category: c, Severity: quality.High, Instead: []string{"蚊帳の外"}, Source: broadcasters},
		{Text: "唖", Reading: "オシ", Category: c, Severity: quality.High, Instead: []string{"口の不自由な人", "言語障害者"}, Source: disabilityAct},
		{Text: "唖者", Reading: "アシャ", Category: c, Instead: []string{"言語障害者"}, Source: disabilityAct},
		{Text: "吃り", Reading: "ドモリ", Variants: []string{"どもり"}, Category: c, Instead: []string{"吃音"}, Source: broadcasters},
		{Text: "跛", Reading: "ビッコ", Variants: []string{"びっこ", "ビッコ", "ちんば", "チンバ"}, Category: c, Severity: quality.High, Instead: []string{"足の不自由な人"}, Source: broadcasters},
		{Text: "躄", Reading: "イザリ", Category: c, Severity: quality.High, Instead: []string{"足の不自由な人"}, Allowed: []string{"いざり火", "漁り火", "漁火", "いざり寄"}, Source: broadcasters},
		{Text: "傴僂", Reading: "セムシ", Variants: []string{"せむし", "セムシ"}, Category: c, Severity: quality.High, Instead: []string{"背の曲がった人"}, Allowed: []string{"ノートルダムのせむし男", "せむしの仔馬"}, Source: broadcasters},
		{Text: "片輪", Reading: "カタワ", Variants: []string{"片端"}, Category: c, Severity: quality.High, Instead: []string{"障害者", "体の不自由な人"}, Allowed: []string{"片輪走行", "片輪駆動"}, Source: disabilityAct},
		{Text: "不具", Reading: "フグ", Category: c, Severity: quality.High, Instead: []string{"身体障害"}, Allowed: []string{"不具合"}, Source: disabilityAct},
		{Text: "不具者", Reading: "フグシャ", Category: c, Severity: quality.High, Instead: []string{"身体障害者"}, Source: disabilityAct},
		{Text: "廃疾", Reading: "ハイシツ", Category: c, Instead: []string{"障害"}, Source: disabilityAct},
		{Text: "奇形児", Reading: "キケイジ", Category: c, Severity: quality.High, Instead: []string{"先天異常のある子ども"}, Source: broadcasters},
		{Text: "片手落ち", Reading: "カタテオチ", Variants: []string{"片手おち"}, Category: c, Severity: quality.Low, Instead: []string{"不公平", "配慮に欠けること"}, Source: pressHandbook},
		{Text: "身障者", Reading: "シンショウシャ", Category: c, Severity: quality.Low, Instead: []string{"身体障害者", "身体に障害のある人"}, Source: pressHandbook},
	}
}

func illnessTerms() []Term {
	c := DisabilityTerm
	return []Term{
		{Text: "気違い", Reading: "キチガイ", Variants: []string{"気狂い", "きちがい", "キチガイ", "基地外"}, Category: c, Severity: quality.High, Instead: []string{"精神障害者"}, Allowed: []string{"基地外に", "基地外の"}, Source: broadcasters},
		{Text: "狂人", Reading: "キョウジン", Category: c, Severity: quality.High, Instead: []string{"精神障害者"}, Source: broadcasters},
		{Text: "精神異常者", Reading: "セイシンイジョウシャ", Category: c, Severity: quality.High, Instead: []string{"精神障害者"}, Source: pressHandbook},
		{Text: "精神分裂病", Reading: "セイシンブンレツビョウ", Category: c, Instead: []string{"統合失調症"}, Source: "日本精神神経学会 (2002); 平成17年法律第123号"},
		{Text: "精神薄弱", Reading: "セイシンハクジャク", Category: c, Instead: []string{"知的障害"}, Source: intellectAct},
		{Text: "精薄", Reading: "セイハク", Category: c, Instead: []string{"知的障害"}, Source: intellectAct},
		{Text: "知恵遅れ", Reading: "チエオクレ", Variants: []string{"知恵おくれ", "智恵遅れ"}, Category: c, Severity: quality.High, Instead: []string{"知的障害"}, Source: broadcasters},
		{Text: "白痴", Reading: "ハクチ", Category: c, Severity: quality.High, Instead: []string{"重度の知的障害"}, Allowed: []string{"ドストエフスキーの『白痴』", "坂口安吾の『白痴』"}, Source: disabilityAct},
		{Text: "低能", Reading: "テイノウ", Variants: []string{"低脳"}, Category: c, Severity: quality.High, Source: broadcasters},
		{Text: "ガイジ", Category: c, Severity: quality.High, Source: "障害児 as an insult on the net; " + broadcasters},
		{Text: "痴呆", Reading: "チホウ", Category: c, Instead: []string{"認知症"}, Source: dementiaNotice},
		{Text: "痴呆症", Reading: "チホウショウ", Category: c, Instead: []string{"認知症"}, Source: dementiaNotice},
		{Text: "植物人間", Reading: "ショクブツニンゲン", Category: c, Instead: []string{"植物状態の患者"}, Source: broadcasters},
		{Text: "癩病", Reading: "ライビョウ", Variants: []string{"らい病"}, Category: c, Severity: quality.High, Instead: []string{"ハンセン病"}, Source: "らい予防法の廃止に関する法律 (平成8年法律第28号)"},
		{Text: "アル中", Reading: "アルチュウ", Category: c, Severity: quality.Low, Instead: []string{"アルコール依存症"}, Source: pressHandbook},
		{Text: "メンヘラ", Category: c, Source: "mental illness as an insult on the net; " + broadcasters},
	}
}

func originTerms() []Term {
	c := OriginTerm
	return []Term{
		{Text: "土人", Reading: "ドジン", Category: c, Severity: quality.High, Instead: []string{"先住民", "現地の人"}, Allowed: []string{"旧土人保護法", "旧土人学校"}, Source: "アイヌ文化振興法 (平成9年法律第52号) in place of 北海道旧土人保護法"},
		{Text: "支那", Reading: "シナ", Variants: []string{"シナ"}, Category: c, Instead: []string{"中国"}, Allowed: []string{"シナ海", "支那海", "インドシナ", "印度支那", "支那事変", "シナ・チベット", "シナチベット"}, Source: "外務省「支那の呼称を避けることに関する件」 (1946)"},
		{Text: "支那人", Reading: "シナジン", Variants: []string{"シナ人"}, Category: c, Severity: quality.High, Instead: []string{"中国人"}, Source: "外務省「支那の呼称を避けることに関する件」 (1946); " + hateSpeechAct},
		{Text: "チャンコロ", Category: c, Severity: quality.High, Source: hateSpeechAct},
		{Text: "チョン公", Variants: []string{"ちょん公"}, Category: c, Severity: quality.High, Source: hateSpeechAct},
		{Text: "鮮人", Reading: "センジン", Category: c, Severity: quality.High, Instead: []string{"朝鮮の人"}, Source: hateSpeechAct},
		{Text: "三国人", Reading: "サンゴクジン", Variants: []string{"第三国人"}, Category: c, Severity: quality.High, Instead: []string{"外国人"}, Allowed: []string{"三国人民"}, Source: broadcasters},
		{Text: "毛唐", Reading: "ケトウ", Category: c, Severity: quality.High, Instead: []string{"欧米人"}, Source: broadcasters},
		{Text: "黒ん坊", Reading: "クロンボウ", Variants: []string{"黒んぼ", "くろんぼ", "クロンボ"}, Category: c, Severity: quality.High, Instead: []string{"黒人"}, Source: broadcasters},
		{Text: "ジャップ", Category: c, Severity: quality.High, Instead: []string{"日本人"}, Source: broadcasters},
		{Text: "アメ公", Category: c, Severity: quality.High, Instead: []string{"アメリカ人"}, Source: broadcasters},
		{Text: "露助", Reading: "ロスケ", Category: c, Severity: quality.High, Instead: []string{"ロシア人"}, Source: broadcasters},
		{Text: "外人", Reading: "ガイジン", Category: c, Severity: quality.Low, Instead: []string{"外国人"}, Allowed: []string{"外人墓地", "外人部隊"}, Source: pressHandbook},
		{Text: "合いの子", Reading: "アイノコ", Variants: []string{"合の子", "間の子"}, Category: c, Severity: quality.High, Instead: []string{"両親の国籍が異なる人"}, Allowed: []string{"愛の子"}, Source: broadcasters},
		{Text: "混血児", Reading: "コンケツジ", Category: c, Instead: []string{"国際児", "両親の国籍が異なる子"}, Source: pressHandbook},
		{Text: "穢多", Reading: "エタ", Category: c, Severity: quality.High, Source: "部落差別の解消の推進に関する法律 (平成28年法律第109号)"},
		{Text: "部落民", Reading: "ブラクミン", Category: c, Severity: quality.High, Instead: []string{"被差別部落の出身者"}, Source: "部落差別の解消の推進に関する法律 (平成28年法律第109号)"},
		{Text: "特殊部落", Reading: "トクシュブラク", Category: c, Severity: quality.High, Instead: []string{"被差別部落"}, Source: "部落差別の解消の推進に関する法律 (平成28年法律第109号)"},
		{Text: "未開人", Reading: "ミカイジン", Category: c, Instead: []string{"先住民"}, Source: broadcasters},
		{Text: "酋長", Reading: "シュウチョウ", Category: c, Severity: quality.Low, Instead: []string{"首長", "指導者"}, Source: pressHandbook},
		{Text: "ジプシー", Category: c, Severity: quality.Low, Instead: []string{"ロマ"}, Allowed: []string{"ジプシーキングス", "ジプシー・キングス"}, Source: pressHandbook},
		{Text: "エスキモー", Category: c, Severity: quality.Low, Instead: []string{"イヌイット", "北方の先住民"}, Source: pressHandbook},
		{Text: "裏日本", Reading: "ウラニホン", Category: c, Severity: quality.Low, Instead: []string{"日本海側"}, Source: broadcasters},
		{Text: "後進国", Reading: "コウシンコク", Category: c, Instead: []string{"発展途上国"}, Source: pressHandbook},
	}
}

func genderTerms() []Term {
	c := GenderTerm
	return []Term{
		{Text: "女の腐ったような", Variants: []string{"女のくさったような"}, Category: c, Severity: quality.High, Source: genderGuide},
		{Text: "女のくせに", Variants: []string{"女の癖に"}, Category: c, Severity: quality.High, Source: genderGuide},
		{Text: "男のくせに", Variants: []string{"男の癖に"}, Category: c, Severity: quality.High, Source: genderGuide},
		{Text: "女だてら", Reading: "オンナダテラ", Category: c, Source: genderGuide},
		{Text: "女々しい", Reading: "メメシイ", Variants: []string{"女女しい"}, Category: c, Instead: []string{"弱々しい"}, Source: genderGuide},
		{Text: "未亡人", Reading: "ミボウジン", Category: c, Severity: quality.Low, Instead: []string{"夫を亡くした人", "故人の妻"}, Source: pressHandbook},
		{Text: "出戻り", Reading: "デモドリ", Category: c, Instead: []string{"離婚した人"}, Source: broadcasters},
		{Text: "売れ残り", Reading: "ウレノコリ", Category: c, Severity: quality.Low, Allowed: []string{"売れ残りの商品", "売れ残り商品", "売れ残り品", "売れ残りを", "売れ残りが", "売れ残りの"}, Source: genderGuide},
		{Text: "オールドミス", Category: c, Source: genderGuide},
		{Text: "処女作", Reading: "ショジョサク", Category: c, Severity: quality.Low, Instead: []string{"第一作", "デビュー作"}, Source: pressHandbook},
		{Text: "女流作家", Reading: "ジョリュウサッカ", Category: c, Severity: quality.Low, Instead: []string{"作家"}, Source: pressHandbook},
		{Text: "才媛", Reading: "サイエン", Category: c, Severity: quality.Low, Instead: []string{"優れた人"}, Source: pressHandbook},
		{Text: "才色兼備", Reading: "サイショクケンビ", Category: c, Severity: quality.Low, Source: pressHandbook},
		{Text: "うぐいす嬢", Variants: []string{"ウグイス嬢", "鶯嬢"}, Category: c, Severity: quality.Low, Instead: []string{"場内アナウンス係"}, Source: pressHandbook},
	}
}

func occupationTerms() []Term {
	c := OccupationTerm
	return []Term{
		{Text: "看護婦", Reading: "カンゴフ", Category: c, Instead: []string{"看護師"}, Source: nursesAct},
		{Text: "看護士", Reading: "カンゴシ", Category: c, Severity: quality.Low, Instead: []string{"看護師"}, Source: nursesAct},
		{Text: "保母", Reading: "ホボ", Category: c, Instead: []string{"保育士"}, Source: "児童福祉法施行令 (1999年改正)"},
		{Text: "保健婦", Reading: "ホケンフ", Category: c, Instead: []string{"保健師"}, Source: nursesAct},
		{Text: "助産婦", Reading: "ジョサンプ", Category: c, Instead: []string{"助産師"}, Source: nursesAct},
		{Text: "スチュワーデス", Category: c, Severity: quality.Low, Instead: []string{"客室乗務員"}, Source: genderGuide},
		{Text: "婦警", Reading: "フケイ", Variants: []string{"婦人警官"}, Category: c, Severity: quality.Low, Instead: []string{"警察官", "女性警察官"}, Source: pressHandbook},
		{Text: "土方", Reading: "ドカタ", Category: c, Instead: []string{"建設作業員"}, Source: broadcasters},
		{Text: "人夫", Reading: "ニンプ", Category: c, Severity: quality.Low, Instead: []string{"作業員"}, Source: pressHandbook},
		{Text: "屑屋", Reading: "クズヤ", Variants: []string{"くず屋", "バタ屋"}, Category: c, Instead: []string{"再生資源回収業"}, Source: pressHandbook},
		{Text: "掃除婦", Reading: "ソウジフ", Category: c, Instead: []string{"清掃員"}, Source: pressHandbook},
		{Text: "床屋", Reading: "トコヤ", Category: c, Severity: quality.Low, Instead: []string{"理髪店", "理容師"}, Source: pressHandbook},
		{Text: "女中", Reading: "ジョチュウ", Category: c, Instead: []string{"お手伝いさん", "家事使用人"}, Source: broadcasters},
		{Text: "屠殺", Reading: "トサツ", Variants: []string{"と殺"}, Category: c, Severity: quality.Low, Instead: []string{"食肉処理"}, Source: broadcasters},
		{Text: "乞食", Reading: "コジキ", Category: c, Severity: quality.High, Instead: []string{"路上生活者"}, Source: broadcasters},
		{Text: "ルンペン", Category: c, Instead: []string{"路上生活者"}, Source: broadcasters},
		{Text: "浮浪者", Reading: "フロウシャ", Category: c, Instead: []string{"路上生活者", "ホームレスの人"}, Source: pressHandbook},
		{Text: "非人", Reading: "ヒニン", Category: c, Severity: quality.High, Source: "部落差別の解消の推進に関する法律 (平成28年法律第109号)"},
	}
}

func ageTerms() []Term {
	c := AgeTerm
	return []Term{
		{Text: "老いぼれ", Reading: "オイボレ", Variants: []string{"老耄", "おいぼれ", "オイボレ"}, Category: c, Severity: quality.High, Instead: []string{"高齢者"}, Source: broadcasters},
		{Text: "ボケ老人", Variants: []string{"呆け老人", "惚け老人"}, Category: c, Severity: quality.High, Instead: []string{"認知症の高齢者"}, Source: dementiaNotice},
		{Text: "くそばばあ", Variants: []string{"糞ばばあ", "くそババア", "糞婆"}, Category: c, Severity: quality.High, Source: broadcasters},
		{Text: "くそじじい", Variants: []string{"糞じじい", "くそジジイ", "糞爺"}, Category: c, Severity: quality.High, Source: broadcasters},
		{Text: "老害", Reading: "ロウガイ", Category: c, Source: broadcasters},
		{Text: "鍵っ子", Reading: "カギッコ", Variants: []string{"カギっ子", "かぎっ子"}, Category: c, Severity: quality.Low, Instead: []string{"留守家庭の子ども"}, Source: broadcasters},
	}
}

func sexualityTerms() []Term {
	c := SexualityTerm
	return []Term{
		{Text: "ホモ", Category: c, Severity: quality.High, Instead: []string{"ゲイ", "同性愛者"}, Allowed: []string{"ホモサピエンス", "ホモ・サピエンス", "ホモ接合", "ホモ牛乳", "ホモ・エレクトス", "ホモ属", "ホモ・"}, Source: lgbtGuide},
		{Text: "レズ", Category: c, Severity: quality.High, Instead: []string{"レズビアン"}, Source: lgbtGuide},
		{Text: "おかま", Variants: []string{"オカマ"}, Category: c, Severity: quality.High, Instead: []string{"ゲイ", "トランスジェンダー女性"}, Allowed: []string{"おかまい", "おかまを掘", "おかまで炊"}, Source: lgbtGuide},
		{Text: "オナベ", Variants: []string{"おなべ"}, Category: c, Instead: []string{"トランスジェンダー男性"}, Allowed: []string{"おなべで", "おなべに", "おなべを", "おなべの"}, Source: lgbtGuide},
		{Text: "オトコオンナ", Variants: []string{"男女おんな", "おとこおんな"}, Category: c, Severity: quality.High, Source: lgbtGuide},
		{Text: "淫売", Reading: "インバイ", Category: c, Severity: quality.High, Source: broadcasters},
		{Text: "売女", Reading: "バイタ", Category: c, Severity: quality.High, Source: broadcasters},
		{Text: "売春婦", Reading: "バイシュンフ", Category: c, Severity: quality.Low, Instead: []string{"性産業で働く女性"}, Source: pressHandbook},
	}
}

func bodyTerms() []Term {
	c := BodyTerm
	return []Term{
		{Text: "ブス", Variants: []string{"ぶす"}, Category: c, Severity: quality.High, Allowed: []string{"ブスッ", "ぶすっ", "ブスバー"}, Source: broadcasters},
		{Text: "醜女", Reading: "シコメ", Category: c, Severity: quality.High, Source: broadcasters},
		{Text: "デブ", Variants: []string{"でぶ"}, Category: c, Severity: quality.High, Instead: []string{"太った人"}, Source: broadcasters},
		{Text: "ハゲ", Variants: []string{"はげ", "禿げ"}, Category: c, Severity: quality.Medium, Instead: []string{"髪の薄い人"}, Allowed: []string{"ハゲタカ", "はげ山", "ハゲ山", "禿げ山", "ハゲワシ"}, Source: broadcasters},
		{Text: "チビ", Variants: []string{"ちび"}, Category: c, Severity: quality.Low, Instead: []string{"背の低い人"}, Allowed: []string{"ちびまる子", "おチビ", "ちびっこ", "ちびっ子", "ちびちび", "チビチビ"}, Source: broadcasters},
		{Text: "百貫デブ", Category: c, Severity: quality.High, Source: broadcasters},
		{Text: "肌色", Reading: "ハダイロ", Category: c, Severity: quality.Low, Instead: []string{"薄だいだい", "ペールオレンジ"}, Source: pressHandbook},
	}
}
