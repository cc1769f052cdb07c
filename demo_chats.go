package main

import (
	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	discordspace "tyreso.se/incidentbot/workspace/discord"
	slackspace "tyreso.se/incidentbot/workspace/slack"
)

// The channels of the demo's chats, and the people in its Discord server who are also named elsewhere. The triage channels and
// Karin also stand in demo/incidentbot.yaml, and whoever's account is known in demo/staff.csv.
const (
	demoTriage         = "C0TRIAGE"
	demoGeneral        = "C0ALLMANT"
	demoDiscordTriage  = "820000000000000001"
	demoDiscordGeneral = "820000000000000002"
	demoMaja           = "810000000000000001"
	demoKarin          = "810000000000000002"
	demoAmir           = "810000000000000003"
	demoSiv            = "810000000000000004"
)

// demoSlack is the municipality's own chat, with its people.
func demoSlack() *slackspace.Workspace {
	texts, err := locale.New()
	if err != nil {
		panic(err) // embedded files that a test has read
	}
	t := func(key string) string { return texts.T(locale.Swedish, key) }
	space := slackspace.New(slackspace.Options{
		Path: demoSlackPath, Name: "Exempelby kommun", BotName: "incidentbot",
		Command: slackspace.Command{Name: "/incident", Description: t("manifest.command"), Usage: t("manifest.command.hint")},
		Shortcuts: []slackspace.Shortcut{
			{CallbackID: bot.ReportShortcut, Name: t("manifest.shortcut")}, {CallbackID: bot.CaptureShortcut, Name: t("manifest.capture")},
		},
	})
	for _, u := range []slackspace.User{
		{ID: "U0MAJA", Name: "maja.berg", RealName: "Maja Berg", Title: "Undersköterska"},
		{ID: "U0KARIN", Name: "karin.holm", RealName: "Karin Holm", Title: "Informationssäkerhetssamordnare (CISO)"},
		{ID: "U0ALI", Name: "ali.nouri", RealName: "Ali Nouri", Title: "Enhetschef, hemtjänsten"},
		{ID: "U0BRITTA", Name: "britta.sjo", RealName: "Britta Sjö", Title: "Ledamot i kommunfullmäktige"},
		{ID: "U0JOHAN", Name: "johan.lind", RealName: "Johan Lind", Title: "Säkerhetschef"},
		{ID: "U0DORA", Name: "dora.ek", RealName: "Dora Ek", Title: "Dataskyddsombud"},
		{ID: "U0OMAR", Name: "omar.said", RealName: "Omar Said", Title: "Ställföreträdande CISO"},
		{ID: "U0GUNILLA", Name: "gunilla.dahl", RealName: "Gunilla Dahl", Title: "Kommundirektör"},
		{ID: "U0ERIK", Name: "erik.sand", RealName: "Erik Sand", Title: "Undersköterska"},
		{ID: "U0LENA", Name: "lena.frid", RealName: "Lena Frid", Title: "Undersköterska"},
		{ID: "U0EMMA", Name: "emma.jones", RealName: "Emma Jones", Title: "Teacher", Locale: "en-GB"},
	} {
		u.Email = u.Name + "@exempelby.example"
		space.AddUser(u)
	}
	space.AddChannel(slackspace.Channel{ID: demoGeneral, Name: "allmänt", Topic: "För alla"})
	space.AddChannel(slackspace.Channel{
		ID: demoTriage, Name: "incidenter", Topic: "Här tas rapporter emot", Private: true, BotIsMember: true,
		Members: []string{"U0KARIN", "U0OMAR", "U0JOHAN"},
	})
	for _, m := range [][2]string{
		{"U0ALI", "Fikabröd i köket på plan 2, varsågoda."},
		{"U0MAJA", "Såg precis att dörren till arkivrummet stod öppen när jag kom. Ingen där."},
	} {
		if _, err := space.Say(m[0], demoGeneral, m[1]); err != nil {
			panic(err) // the people and the channel were added above
		}
	}
	return space
}

// demoDiscord is the server where the municipality meets associations and partners. It is reached at an address, host:port.
func demoDiscord(address string) *discordspace.Workspace {
	space := discordspace.New(discordspace.Options{Host: address, Path: demoDiscordPath, Name: "Exempelby samverkan", BotName: "incidentbot"})
	for _, u := range []discordspace.User{
		{ID: demoMaja, Name: "majaberg", GlobalName: "Maja Berg"},
		{ID: demoKarin, Name: "karinholm", GlobalName: "Karin Holm"},
		{ID: demoAmir, Name: "amirhaddad", GlobalName: "Amir Haddad"},
		{ID: demoSiv, Name: "sivek", GlobalName: "Siv Ek"},
	} {
		space.AddUser(u)
	}
	space.AddChannel(discordspace.Channel{ID: demoDiscordGeneral, Name: "allmänt", Topic: "För alla i samverkan"})
	const sees = discordspace.ViewChannel
	space.AddChannel(discordspace.Channel{
		ID: demoDiscordTriage, Name: "incidenter", Topic: "Här tas rapporter emot", Overwrites: []discordspace.Overwrite{
			{ID: discordspace.GuildID, Deny: sees}, // everyone
			{ID: demoKarin, Member: true, Allow: sees},
			{ID: discordspace.BotUserID, Member: true, Allow: sees},
		},
	})
	for _, m := range [][2]string{
		{demoSiv, "Hembygdsföreningen har öppet hus på söndag, alla är välkomna."},
		{demoAmir, "Någon har lagt upp deltagarlistan från lägret på vår sida. Den ska väl inte ligga där?"},
	} {
		if _, err := space.Say(m[0], demoDiscordGeneral, m[1]); err != nil {
			panic(err) // the people and the channel were added above
		}
	}
	return space
}
