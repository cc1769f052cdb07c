package discord_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/discord"
)

const openDirect = "POST /users/@me/channels"

// asPosted is what the channel shows of a message that was sent with a body: as Discord tells it, with what it adds and takes away.
func asPosted(t *testing.T, id, body string, at time.Time, program bool) string {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		t.Fatal(err)
	}
	delete(m, "nonce")
	delete(m, "enforce_nonce")
	m["id"], m["timestamp"], m["author"] = id, at.Format(time.RFC3339Nano), map[string]any{"id": "9", "bot": program}
	for _, e := range m["embeds"].([]any) {
		embed := e.(map[string]any)
		embed["type"] = "rich"
		if text, ok := embed["description"].(string); ok {
			embed["description"] = strings.TrimSpace(text)
		}
	}
	encoded, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

func TestSendPostsWithANonceOfItsKey(t *testing.T) {
	a := newAPI(t, map[string][]answer{postMessage: {{body: createdBody}}})
	s := newSurface(t, a.URL+"/api", nil)
	ref, err := s.Send(t.Context(), bot.Address{Channel: "1"}, hello, "delivery-1", false)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "ref", ref, bot.Ref{Surface: "discord", Channel: "1", ID: "77"})
	if err := send(s, "1", "delivery-1"); err != nil {
		t.Fatal(err)
	}
	if err := send(s, "1", "delivery-2"); err != nil {
		t.Fatal(err)
	}
	var nonces []string
	for _, c := range a.said() {
		var m struct {
			Nonce   string `json:"nonce"`
			Enforce bool   `json:"enforce_nonce"`
		}
		if err := json.Unmarshal([]byte(c.Body), &m); err != nil {
			t.Fatal(err)
		}
		if len(m.Nonce) == 0 || len(m.Nonce) > 25 || !m.Enforce {
			t.Errorf("nonce %q, enforced %t", m.Nonce, m.Enforce)
		}
		nonces = append(nonces, m.Nonce)
	}
	if nonces[0] != nonces[1] || nonces[0] == nonces[2] {
		t.Errorf("the nonce does not follow the key: %v", nonces)
	}
}

func TestARetryFindsWhatAnEarlierAttemptPosted(t *testing.T) {
	card := bot.Message{Summary: "Nytt ärende", Blocks: []bot.Block{
		bot.Heading("INC-2026-0042"), bot.Facts{{Label: "Läge", Value: "Nytt"}}, bot.Quote("Jag öppnade\nbilagan  "),
		bot.Buttons{{ID: "acknowledge", Subject: "abc", Text: "Kvittera"}},
	}}
	body := func(m bot.Message) string {
		a := newAPI(t, map[string][]answer{postMessage: {{body: createdBody}}})
		if _, err := newSurface(t, a.URL+"/api", nil).Send(t.Context(), bot.Address{Channel: "1"}, m, "k", false); err != nil {
			t.Fatal(err)
		}
		return a.said()[0].Body
	}
	same := body(card)
	other := card
	other.Blocks = append([]bot.Block{bot.Paragraph("Ändrat")}, card.Blocks...)
	tests := map[string]struct {
		history answer
		want    string // id; "77" is a new one
	}{
		"the same":                {answer{body: "[" + asPosted(t, "55", same, noon.Add(-time.Minute), true) + "]"}, "55"},
		"the same among others":   {answer{body: "[" + asPosted(t, "56", body(hello), noon, true) + "," + asPosted(t, "55", same, noon, true) + "]"}, "55"},
		"nothing":                 {answer{body: `[]`}, "77"},
		"another":                 {answer{body: "[" + asPosted(t, "55", body(other), noon, true) + "]"}, "77"},
		"the same, long ago":      {answer{body: "[" + asPosted(t, "55", same, noon.Add(-2*time.Hour), true) + "]"}, "77"},
		"a person's":              {answer{body: "[" + asPosted(t, "55", same, noon, false) + "]"}, "77"},
		"a history not to be had": {refusal("403", "50001"), "77"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := newAPI(t, map[string][]answer{"GET /channels/1/messages": {tt.history}, postMessage: {{body: createdBody}}})
			ref, err := newSurface(t, a.URL+"/api", nil).Send(t.Context(), bot.Address{Channel: "1"}, card, "k", true)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "id", ref.ID, tt.want)
			want := []string{"GET /channels/1/messages?limit=50"}
			if tt.want == "77" {
				want = append(want, postMessage)
			}
			equal(t, "calls", a.names(), want)
		})
	}
	t.Run("a history to be had later", func(t *testing.T) {
		a := newAPI(t, map[string][]answer{"GET /channels/1/messages": {{status: 500}}})
		_, err := newSurface(t, a.URL+"/api", nil).Send(t.Context(), bot.Address{Channel: "1"}, card, "k", true)
		equal(t, "the error", verdict(t, err), bot.SendError{Code: "http_500"})
	})
}

func TestDirectMessages(t *testing.T) {
	a := newAPI(t, map[string][]answer{openDirect: {{body: `{"id":"1"}`}}, postMessage: {{body: createdBody}}})
	s := newSurface(t, a.URL+"/api", nil)
	for range 2 { // the channel is asked for once
		ref, err := s.Send(t.Context(), bot.Address{User: "5"}, hello, "k", false)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "ref", ref, bot.Ref{Surface: "discord", Channel: "1", ID: "77"})
	}
	equal(t, "calls", a.names(), []string{openDirect, postMessage, postMessage})
	equal(t, "body", a.said()[0].Body, `{"recipient_id":"5"}`)
}

func TestWhoTakesNoDirectMessagesIsToldWhereTheyJustWere(t *testing.T) {
	const followUp = "POST /webhooks/" + applicationID + "/tok"
	unreachable := bot.SendError{Code: "cannot_message_user", Permanent: true, Unreachable: true}
	tests := map[string]struct {
		at     time.Time // of what they did last; zero: nothing
		answer answer    // to the follow-up
		told   bool
		want   bot.SendError
	}{
		"just now":          {noon.Add(-13 * time.Minute), answer{}, true, bot.SendError{}},
		"never":             {time.Time{}, answer{}, false, unreachable},
		"a while ago":       {noon.Add(-15 * time.Minute), answer{}, false, unreachable},
		"the token is dead": {noon, refusal("404", "10015"), false, unreachable},
		"Discord is ill":    {noon, answer{status: 500}, false, bot.SendError{Code: "http_500"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := newAPI(t, map[string][]answer{
				openDirect: {{body: `{"id":"1"}`}}, postMessage: {refusal("403", "50007")}, followUp: {tt.answer},
			})
			s := newSurface(t, a.URL+"/api", nil)
			s.Remember("6", "other", noon)
			if !tt.at.IsZero() {
				s.Remember("5", "tok", tt.at)
			}
			ref, err := s.Send(t.Context(), bot.Address{User: "5"}, hello, "k", false)
			if !tt.told {
				equal(t, "the error", verdict(t, err), tt.want)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "ref", ref, bot.Ref{Surface: "discord"})
			calls := a.said()
			body := calls[len(calls)-1].Body
			if !strings.Contains(body, `"flags":64`) || !strings.Contains(body, `"allowed_mentions":{"parse":[]`) {
				t.Errorf("not in private, or notifying: %s", body)
			}
			err = s.Edit(t.Context(), ref, hello)
			equal(t, "editing it", verdict(t, err), unreachable)
		})
	}
	t.Run("a channel is no person", func(t *testing.T) {
		a := newAPI(t, map[string][]answer{postMessage: {refusal("403", "50007")}})
		s := newSurface(t, a.URL+"/api", nil)
		s.Remember("", "tok", noon)
		equal(t, "the error", verdict(t, send(s, "1", "k")), unreachable)
	})
}

func TestEditRedrawsTheWhole(t *testing.T) {
	a := newAPI(t, map[string][]answer{"PATCH /channels/1/messages/77": {{body: createdBody}, refusal("404", "10008")}})
	s := newSurface(t, a.URL+"/api", nil)
	ref := bot.Ref{Surface: "discord", Channel: "1", ID: "77"}
	if err := s.Edit(t.Context(), ref, bot.Message{Summary: "Klart"}); err != nil {
		t.Fatal(err)
	}
	equal(t, "body", a.said()[0].Body, `{"content":"Klart","embeds":[],"components":[],"allowed_mentions":{"parse":[],"replied_user":false}}`)
	equal(t, "when it is gone", verdict(t, s.Edit(t.Context(), ref, hello)), bot.SendError{Code: "unknown_message", Permanent: true})
}

func TestProfile(t *testing.T) {
	const getMember, getUser = "GET /guilds/" + guildID + "/members/5", "GET /users/5"
	user := `{"id":"5","username":"maja.n","global_name":"Maja N"}`
	tests := map[string]struct {
		guild   string
		answers map[string][]answer
		want    bot.Profile
		err     *bot.SendError
	}{
		"a nickname":       {guildID, map[string][]answer{getMember: {{body: `{"nick":"Maja (hemtjänst)","user":` + user + `}`}}}, bot.Profile{ID: "5", Name: "Maja (hemtjänst)"}, nil},
		"no nickname":      {guildID, map[string][]answer{getMember: {{body: `{"user":` + user + `}`}}}, bot.Profile{ID: "5", Name: "Maja N"}, nil},
		"only a user name": {"", map[string][]answer{getUser: {{body: `{"id":"5","username":"maja.n","global_name":null}`}}}, bot.Profile{ID: "5", Name: "maja.n"}, nil},
		"not a member":     {guildID, map[string][]answer{getMember: {refusal("404", "10007")}, getUser: {{body: user}}}, bot.Profile{ID: "5", Name: "Maja N"}, nil},
		"nobody":           {"", map[string][]answer{getUser: {refusal("404", "10013")}}, bot.Profile{}, &bot.SendError{Code: "unknown_user", Permanent: true}},
		"Discord is ill":   {guildID, map[string][]answer{getMember: {{status: 500}}}, bot.Profile{}, &bot.SendError{Code: "http_500"}},
		"half an answer":   {guildID, map[string][]answer{getMember: {{body: `{"nick":"x"}`}}}, bot.Profile{}, &bot.SendError{Code: "unreadable_answer"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := newAPI(t, tt.answers)
			s := newSurface(t, a.URL+"/api", func(o *discord.Options) { o.GuildID = tt.guild })
			got, err := s.Profile(t.Context(), "5")
			if tt.err != nil {
				equal(t, "the error", verdict(t, err), *tt.err)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "profile", got, tt.want)
		})
	}
}

func TestNobodyIsFoundByEmail(t *testing.T) {
	_, err := newSurface(t, "http://127.0.0.1", nil).FindByEmail(t.Context(), "maja@example.org")
	equal(t, "the error", verdict(t, err), bot.SendError{Code: "no_lookup_by_email", Permanent: true})
}

func TestSendFile(t *testing.T) {
	a := newAPI(t, map[string][]answer{postMessage: {{body: createdBody}}})
	s := newSurface(t, a.URL+"/api", nil)
	name, content := `skärm "1".png`, []byte("\x89PNG\r\n--x")
	if err := s.SendFile(t.Context(), bot.Address{Channel: "1"}, name, "En skärm", content); err != nil {
		t.Fatal(err)
	}
	c := a.said()[0]
	_, params, err := mime.ParseMediaType(c.Type)
	if err != nil {
		t.Fatal(err)
	}
	form := multipart.NewReader(strings.NewReader(c.Body+"\r\n"), params["boundary"])
	parts := map[string]string{}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		parts[strings.TrimSpace(part.FormName()+" "+part.FileName())] = string(b)
	}
	equal(t, "the form", parts, map[string]string{
		"files[0] " + name: string(content),
		"payload_json":     fmt.Sprintf(`{"allowed_mentions":{"parse":[],"replied_user":false},"attachments":[{"description":"En skärm","filename":%q,"id":0}]}`, name),
	})
	equal(t, "an empty one", verdict(t, s.SendFile(t.Context(), bot.Address{Channel: "1"}, "a.txt", "", nil)),
		bot.SendError{Code: "file_empty", Permanent: true})
}

func TestFetch(t *testing.T) {
	tests := map[string]struct {
		id     string // "": an attachment on the API's host
		answer answer
		limit  int64
		want   string
		err    *bot.SendError
	}{
		"a file":         {"", answer{body: "bytes"}, 5, "bytes", nil},
		"too large":      {"", answer{body: "bytes"}, 4, "", &bot.SendError{Code: "file_too_large", Permanent: true}},
		"gone":           {"", answer{status: 404}, 5, "", &bot.SendError{Code: "file_not_readable", Permanent: true}},
		"redirected":     {"", answer{status: 302, header: map[string]string{"Location": "https://cdn.discordapp.com/x"}}, 5, "", &bot.SendError{Code: "file_not_readable", Permanent: true}},
		"too much":       {"", answer{status: 429, header: map[string]string{"Retry-After": "2"}}, 5, "", &bot.SendError{Code: "rate_limit", Wait: 2 * time.Second}},
		"Discord is ill": {"", answer{status: 503}, 5, "", &bot.SendError{Code: "http_503"}},
		"another's host": {"https://cdn.discordapp.com.evil.example/x", answer{}, 5, "", &bot.SendError{Code: "foreign_file_address", Permanent: true}},
		"without https":  {"http://cdn.discordapp.com/x", answer{}, 5, "", &bot.SendError{Code: "foreign_file_address", Permanent: true}},
		"with a user":    {"https://me@cdn.discordapp.com/x", answer{}, 5, "", &bot.SendError{Code: "foreign_file_address", Permanent: true}},
		"with a port":    {"https://cdn.discordapp.com:8443/x", answer{}, 5, "", &bot.SendError{Code: "foreign_file_address", Permanent: true}},
		"a file on disk": {"file:///etc/passwd", answer{}, 5, "", &bot.SendError{Code: "foreign_file_address", Permanent: true}},
		"this machine":   {"http://127.0.0.1:1/x", answer{}, 5, "", &bot.SendError{Code: "foreign_file_address", Permanent: true}},
		"no address":     {"\x7f", answer{}, 5, "", &bot.SendError{Code: "foreign_file_address", Permanent: true}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := newAPI(t, map[string][]answer{"GET /attachments/1/2/a.png": {tt.answer}})
			if tt.id == "" {
				tt.id = a.URL + "/attachments/1/2/a.png?ex=1&is=2&hm=3"
			}
			got, err := newSurface(t, a.URL+"/api", nil).Fetch(t.Context(), bot.File{ID: tt.id}, tt.limit)
			if tt.err != nil {
				equal(t, "the error", verdict(t, err), *tt.err)
			} else if err != nil || !bytes.Equal(got, []byte(tt.want)) {
				t.Errorf("%q, %v", got, err)
			}
			for _, c := range a.said() {
				if c.Token != "" {
					t.Errorf("a token was sent for a file: %q", c.Token)
				}
			}
		})
	}
}

func TestAFileThatDoesNotSayHowLargeItIs(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for range 100 {
			_, _ = io.WriteString(w, "bytes")
			_ = http.NewResponseController(w).Flush()
		}
	}))
	t.Cleanup(server.Close)
	_, err := newSurface(t, server.URL+"/api", nil).Fetch(t.Context(), bot.File{ID: server.URL + "/attachments/1/2/a"}, 499)
	equal(t, "the error", verdict(t, err), bot.SendError{Code: "file_too_large", Permanent: true})
}

func TestDiscordsOwnHostsAreAskedForFiles(t *testing.T) {
	for _, id := range []string{"https://cdn.discordapp.com/attachments/1/2/a.png?ex=1", "https://media.discordapp.net/attachments/1/2/a.png"} {
		var asked []string
		s := newSurface(t, "http://127.0.0.1/api", func(o *discord.Options) {
			o.HTTPClient = answering(func(address, _ string) { asked = append(asked, address) })
		})
		if _, err := s.Fetch(t.Context(), bot.File{ID: id}, 10); err != nil {
			t.Error(err)
		}
		equal(t, "asked", asked, []string{id})
	}
}
