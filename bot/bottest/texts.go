package bottest

import (
	"strings"
)

// hardText is a text that surfaces and platforms have been known to damage.
type hardText struct{ name, text string }

// hardTexts are texts of one line, at most 300 characters each.
func hardTexts() []hardText {
	return []hardText{
		{"one character", "ä"},
		{"a digit", "0"},
		{"a word for nothing", "null"},
		{"Swedish letters", "Räksmörgås på Ängön, Åsa!"},
		{"letters made of several", "a\u0308a\u030ao\u0308 Z\u0335\u0321a\u0300\u0301l\u0327go"},
		{"an emoji", "🙂"},
		{"an emoji made of several", "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇸🇪 1️⃣"},
		{"right to left", "שלום עולם, مرحبا بالعالم"},
		{"a direction turned over", "faktura\u202efdp.exe"},
		{"other scripts", "情報セキュリティ 정보 보안 ความปลอดภัย 𝔘𝔫𝔦𝔠𝔬𝔡𝔢"},
		{"bold and italic", "*fet* **fetare** _kursiv_ __understruken__ ***allt***"},
		{"struck and hidden", "~struken~ ~~struken~~ ||dold|| |röret|"},
		{"code", "`kod` ``kod`` ```kod```"},
		{"a heading", "# rubrik"},
		{"a smaller heading", "### rubrik"},
		{"small print", "-# liten"},
		{"a quotation", "> citat"},
		{"a quotation of all that follows", ">>> citat"},
		{"a list", "- punkt"},
		{"a list with stars", "* punkt"},
		{"a numbered list", "1. punkt"},
		{"a line across", "---"},
		{"a link with a label", "[fakturan](https://exempel.example/ond)"},
		{"a link in brackets", "<https://exempel.example/ond|Fakturan>"},
		{"an address", "https://exempel.example/a_b_c?d=1&e=*2*#f"},
		{"an address without its beginning", "www.exempel.example eller exempel.example/väg"},
		{"an e-mail address", "mailto:anna@exempel.example anna@exempel.example"},
		{"everybody", "@everyone @here @channel"},
		{"everybody, as code", "<!everyone> <!here> <!channel> <!subteam^S1|@grupp>"},
		{"a person", "<@U0ANNA> <@123456789012345678> <@!123456789012345678>"},
		{"a role and a channel", "<@&123456789012345678> <#C0TRIAGE|incidenter> <#123456789012345678>"},
		{"a command", "</incident:123456789012345678> <id:customize>"},
		{"a moment", "<t:1700000000:R> <!date^1700000000^{date}|nu>"},
		{"an emoji by its name", ":fire: <:eld:123456789012345678> <a:eld:123456789012345678>"},
		{"HTML", "<script>alert('1')</script> &amp; &lt;b&gt; &#42;"},
		{"quotes", `"dubbla" 'enkla' ”svenska” «gåsögon»`},
		{"backslashes", `C:\temp\*.* \\server\delad \`},
		{"a shrug", `¯\_(ツ)_/¯`},
		{"JSON", `{"a":["b",null]}`},
		{"placeholders", "{command} %s {{.Name}} ${HOME} $(date)"},
		{"tabs", "a\tb\t\tc"},
		{"spaces within", "a  b   c"},
		{"spaces around", "  mitt i  "},
		{"a space that does not break", "10\u00a0000\u202fkr"},
		{"letters of no width", "a\u200bb\u200dc\ufeffd"},
		{"control characters", "a\x01b\x07c\x1bd\x7fe"},
		{"many marks", strings.Repeat(`*_~|>#-[]()@<>\`+"`", 15)},
	}
}

// hardParagraphs are texts of several lines, at most 300 characters each.
func hardParagraphs() []hardText {
	return []hardText{
		{"two lines", "första\nandra"},
		{"an empty line", "första\n\ntredje"},
		{"a list below a line", "Detta hände:\n- ett\n- två\n  - tre\n1. fyra\n* fem"},
		{"headings below each other", "# ett\n## två\n-# tre\n> fyra\n>>> fem"},
		{"code on several lines", "```\nrm -rf\n```\nefter"},
		{"a mark over two lines", "*fet\nfet* ||dold\ndold||"},
		{"a table", "| a | b |\n|---|---|\n| 1 | 2 |"},
		{"lines that begin with space", "a\n    b\n\tc"},
		{"an e-mail", "Från: IT <it@exempel.example>\nÄmne: Ditt lösenord\n\n> Logga in på https://exempel.example/ond\n\n-- \nIT"},
	}
}

// longText is a text of n characters that can be told apart at its beginning and its end.
func longText(n int) string {
	const words = "Jag öppnade mejlet och såg att bilagan var fel. "
	text := []rune("Först. " + strings.Repeat(words, n/len([]rune(words))+1))[:n]
	copy(text[n-len("Sist."):], []rune("Sist."))
	return string(text)
}
