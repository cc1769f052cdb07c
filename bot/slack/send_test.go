package slack_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/slack"
	"tyreso.se/incidentbot/bot/surface"
)

var (
	inChannel = bot.Address{Surface: "slack", Channel: "C1"}
	toPerson  = bot.Address{Surface: "slack", User: "U1"}
	posted    = answer{body: `{"ok":true,"channel":"C1","ts":"17.1"}`}
)

func TestSend(t *testing.T) {
	ctx := context.Background()
	t.Run("to a channel", func(t *testing.T) {
		a := newAPI(t, map[string][]answer{"chat.postMessage": {posted}})
		m := *receipt
		m.Summary = mischief
		ref, err := newSurface(t, a, replies(bot.Reply{})).Send(ctx, inChannel, m, "key-1", false)
		if diff := cmp.Diff(bot.Ref{Surface: "slack", Channel: "C1", ID: "17.1"}, ref); err != nil || diff != "" {
			t.Fatal(err, diff)
		}
		form := a.made()[0].Form
		form.Del("token")
		blocks := form.Get("blocks")
		form.Del("blocks")
		want := url.Values{
			"channel": {"C1"}, "parse": {"none"}, "link_names": {"false"}, "mrkdwn": {"false"}, "unfurl_links": {"false"}, "unfurl_media": {"false"},
			"text":     {"&lt;!channel&gt; &lt;@U1&gt; *x* _y_ ~z~ `k` &amp;lt; &amp; :smile: https://example.org/?a=1&amp;b=2"},
			"metadata": {`{"event_type":"incidentbot_delivery","event_payload":{"key":"key-1"}}`},
		}
		if diff := cmp.Diff(want, form); diff != "" {
			t.Error(diff)
		}
		if !strings.Contains(blocks, "INC-2026-0001") {
			t.Error(blocks)
		}
	})
	t.Run("to a person, whose conversation is learnt from the answer", func(t *testing.T) {
		a := newAPI(t, map[string][]answer{
			"chat.postMessage": {{body: `{"ok":true,"channel":"D1","ts":"1.1"}`}},
		})
		s := newSurface(t, a, replies(bot.Reply{}))
		for range 2 {
			if ref, err := s.Send(ctx, toPerson, *receipt, "k", false); err != nil || ref.Channel != "D1" {
				t.Fatal(ref, err)
			}
		}
		if diff := cmp.Diff([]string{"chat.postMessage", "chat.postMessage"}, methods(a.made())); diff != "" {
			t.Error(diff)
		}
	})
	history := func(key string) answer {
		return answer{body: fmt.Sprintf(`{"ok":true,"messages":[{"ts":"3.0"},{"ts":"2.0","metadata":{"event_type":"another","event_payload":{"key":"key-1"}}},
			{"ts":"1.0","metadata":{"event_type":"incidentbot_delivery","event_payload":{"key":%q}}}]}`, key)}
	}
	for name, c := range map[string]struct {
		history answer
		want    []string
		id      string
	}{
		"an attempt that came through is found":               {history("key-1"), []string{"conversations.history"}, "1.0"},
		"one that did not is made again":                      {history("key-2"), []string{"conversations.history", "chat.postMessage"}, "17.1"},
		"without the scope to look, it is made again":         {refusal("missing_scope"), []string{"conversations.history", "chat.postMessage"}, "17.1"},
		"when looking fails for now, so does sending":         {answer{status: 502}, []string{"conversations.history"}, ""},
		"a channel that is gone is not posted to for nothing": {refusal("channel_not_found"), []string{"conversations.history"}, ""},
	} {
		t.Run("a retry: "+name, func(t *testing.T) {
			a := newAPI(t, map[string][]answer{"conversations.history": {c.history}, "chat.postMessage": {posted}})
			ref, err := newSurface(t, a, replies(bot.Reply{})).Send(ctx, inChannel, *receipt, "key-1", true)
			calls := a.made()
			if diff := cmp.Diff(c.want, methods(calls)); diff != "" || ref.ID != c.id || (err == nil) != (c.id != "") {
				t.Fatal(ref, err, diff)
			}
			if calls[0].Form.Get("include_all_metadata") != "1" && calls[0].Form.Get("include_all_metadata") != "true" {
				t.Error(calls[0].Form)
			}
		})
	}
	t.Run("a message that cannot be drawn is refused for good", func(t *testing.T) {
		bad := bot.Message{Blocks: []bot.Block{bot.Buttons{{}}}}
		_, err := newSurface(t, nil, replies(bot.Reply{})).Send(ctx, inChannel, bad, "k", false)
		if e, ok := errors.AsType[*bot.SendError](err); !ok || !e.Permanent {
			t.Error(err)
		}
	})
}

func TestEdit(t *testing.T) {
	a := newAPI(t, nil)
	s := newSurface(t, a, replies(bot.Reply{}))
	if err := s.Edit(context.Background(), bot.Ref{Surface: "slack", Channel: "C1", ID: "17.1"}, *receipt); err != nil {
		t.Fatal(err)
	}
	c := a.made()[0]
	if c.Method != "chat.update" || c.Form.Get("ts") != "17.1" || c.Form.Get("channel") != "C1" || c.Form.Get("parse") != "none" || c.Form.Has("metadata") {
		t.Errorf("%+v", c)
	}
}

func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		answer answer
		want   bot.SendError
	}{
		"429":                        {answer{status: 429, header: http.Header{"Retry-After": {"30"}}}, bot.SendError{Code: "ratelimited", Wait: 30 * time.Second}},
		"429 without a delay":        {answer{status: 429, header: http.Header{"Retry-After": {"0"}}}, bot.SendError{Code: "ratelimited", Wait: time.Second}},
		"ratelimited":                {refusal("ratelimited"), bot.SendError{Code: "ratelimited", Wait: time.Second}},
		"500":                        {answer{status: 500, body: "<html>"}, bot.SendError{Code: "http_500"}},
		"503":                        {answer{status: 503}, bot.SendError{Code: "http_503"}},
		"not JSON":                   {answer{body: "<html>"}, bot.SendError{Code: "connection"}},
		"internal_error":             {refusal("internal_error"), bot.SendError{Code: "internal_error"}},
		"fatal_error":                {refusal("fatal_error"), bot.SendError{Code: "fatal_error"}},
		"service_unavailable":        {refusal("service_unavailable"), bot.SendError{Code: "service_unavailable"}},
		"request_timeout":            {refusal("request_timeout"), bot.SendError{Code: "request_timeout"}},
		"an error nobody knows":      {refusal("blue_moon"), bot.SendError{Code: "blue_moon"}},
		"a token that can be mended": {refusal("invalid_auth"), bot.SendError{Code: "invalid_auth"}},
		"a scope that can be added":  {refusal("missing_scope"), bot.SendError{Code: "missing_scope"}},
		"channel_not_found":          {refusal("channel_not_found"), bot.SendError{Code: "channel_not_found", Permanent: true}},
		"not_in_channel":             {refusal("not_in_channel"), bot.SendError{Code: "not_in_channel", Permanent: true}},
		"is_archived":                {refusal("is_archived"), bot.SendError{Code: "is_archived", Permanent: true}},
		"invalid_blocks":             {refusal("invalid_blocks"), bot.SendError{Code: "invalid_blocks", Permanent: true}},
		"cannot_dm_bot":              {refusal("cannot_dm_bot"), bot.SendError{Code: "cannot_dm_bot", Permanent: true}},
		"no timestamp":               {answer{body: `{"ok":true}`}, bot.SendError{Code: "no_timestamp"}},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAPI(t, map[string][]answer{"chat.postMessage": {c.answer}})
			_, err := newSurface(t, a, replies(bot.Reply{})).Send(context.Background(), inChannel, *receipt, "k", false)
			got, ok := errors.AsType[*bot.SendError](err)
			if !ok {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, bot.SendError{Code: got.Code, Permanent: got.Permanent, Wait: got.Wait}); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("no connection is temporary", func(t *testing.T) {
		a := newAPI(t, nil)
		s := newSurface(t, a, replies(bot.Reply{}))
		a.Close()
		_, err := s.Send(context.Background(), inChannel, *receipt, "k", false)
		if e, ok := errors.AsType[*bot.SendError](err); !ok || e.Permanent || e.Wait > 0 || e.Code != "connection" {
			t.Error(err)
		}
	})
	t.Run("a cancelled call is temporary", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, err := newSurface(t, newAPI(t, nil), replies(bot.Reply{})).Send(ctx, inChannel, *receipt, "k", false)
		if e, ok := errors.AsType[*bot.SendError](err); !ok || e.Permanent || e.Code != "cancelled" {
			t.Error(err)
		}
	})
}

func TestProfile(t *testing.T) {
	ctx := context.Background()
	user := `{"ok":true,"user":{"id":"U1","name":"anna","real_name":"Anna Ek","locale":"sv-SE","profile":{"email":"anna@example.org","display_name":"Anna"}}}`
	a := newAPI(t, map[string][]answer{
		"users.info":          {{body: user}, {body: strings.Replace(user, "sv-SE", "de-DE", 1)}},
		"users.lookupByEmail": {{body: user}, refusal("users_not_found")},
	})
	s := newSurface(t, a, replies(bot.Reply{}))
	anna := bot.Profile{ID: "U1", Name: "Anna Ek", Email: "anna@example.org", Language: "sv"}
	t.Run("by id", func(t *testing.T) {
		if p, err := s.Profile(ctx, "U1"); err != nil || p != anna {
			t.Error(p, err)
		}
		if c := a.made()[0]; c.Form.Get("include_locale") != "true" || c.Form.Get("user") != "U1" {
			t.Error(c)
		}
	})
	t.Run("a language that is not spoken here is none", func(t *testing.T) {
		if p, err := s.Profile(ctx, "U1"); err != nil || p.Language != "" {
			t.Error(p, err)
		}
	})
	t.Run("by e-mail", func(t *testing.T) {
		if p, err := s.FindByEmail(ctx, "anna@example.org"); err != nil || p != anna {
			t.Error(p, err)
		}
	})
	t.Run("nobody is a permanent refusal", func(t *testing.T) {
		_, err := s.FindByEmail(ctx, "x@example.org")
		if e, ok := errors.AsType[*bot.SendError](err); !ok || !e.Permanent || e.Code != "users_not_found" {
			t.Error(err)
		}
	})
}

func TestFetch(t *testing.T) {
	info := func(address string, size int) []answer {
		return []answer{{body: fmt.Sprintf(`{"ok":true,"file":{"id":"F1","size":%d,"url_private_download":%q}}`, size, address)}}
	}
	for name, c := range map[string]struct {
		info  []answer
		file  answer
		want  string
		code  string
		calls int
	}{
		"a file":                           {info("{host}/files/F1", 5), answer{body: "bytes"}, "bytes", "", 2},
		"a file that is said to be larger": {info("{host}/files/F1", 11), answer{}, "", "file_too_large", 1},
		"a file that is larger":            {info("{host}/files/F1", 5), answer{body: "eleven byte"}, "", "file_too_large", 2},
		"a sign-in page":                   {info("{host}/files/F1", 5), answer{status: 302, header: http.Header{"Location": {"/signin"}}}, "", "file_not_readable", 2},
		"a server in trouble":              {info("{host}/files/F1", 5), answer{status: 503}, "", "http_503", 2},
		"a file elsewhere":                 {info("https://files.slack.com.evil.example/F1", 5), answer{}, "", "foreign_file_address", 1},
		"a file without encryption":        {info("http://files.slack.com/F1", 5), answer{}, "", "foreign_file_address", 1},
		"no address":                       {info("", 5), answer{}, "", "foreign_file_address", 1},
		"no file":                          {[]answer{refusal("file_not_found")}, answer{}, "", "file_not_found", 1},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAPI(t, map[string][]answer{"files.info": c.info, "/files/F1": {c.file}})
			got, err := newSurface(t, a, replies(bot.Reply{})).Fetch(context.Background(), bot.File{ID: "F1"}, 10)
			code := ""
			if e, ok := errors.AsType[*bot.SendError](err); ok {
				code = e.Code
			}
			calls := a.made()
			if string(got) != c.want || code != c.code || len(calls) != c.calls {
				t.Errorf("%q, %v, %v", got, err, methods(calls))
			}
			if len(calls) == 2 && calls[1].Token != botToken {
				t.Error("fetched without the token")
			}
		})
	}
}

func TestCheck(t *testing.T) {
	ctx := context.Background()
	bad := func(findings []surface.Finding) map[string]string {
		codes := map[string]string{}
		for _, f := range findings {
			if f.OK != (f.Code == "ok") {
				t.Errorf("%+v contradicts itself", f)
			}
			if !f.OK {
				codes[f.Check] = f.Code
			}
		}
		return codes
	}
	withSocket := func(o *slack.Options) { o.AppToken = appToken }
	scopes := http.Header{"X-Oauth-Scopes": {strings.Join(slack.Scopes(), ",")}}
	whoami := `{"ok":true,"team":"Tyresö","user":"incidentbot"}`
	t.Run("all is well", func(t *testing.T) {
		a := newAPI(t, map[string][]answer{
			"auth.test":             {{header: scopes, body: whoami}},
			"apps.connections.open": {{body: `{"ok":true,"url":"wss://x"}`}},
			"conversations.info":    {{body: `{"ok":true,"channel":{"id":"C1","name":"triage","is_member":true}}`}},
			"users.lookupByEmail":   {{body: `{"ok":true,"user":{"id":"U1","real_name":"Anna"}}`}},
		})
		findings := newSurface(t, a, replies(bot.Reply{}), withSocket).Check(ctx, []string{"C1"}, []string{"anna@example.org"})
		if diff := cmp.Diff(map[string]string{}, bad(findings)); diff != "" || len(findings) != 1+len(slack.Scopes())+3 {
			t.Error(len(findings), diff)
		}
		for _, c := range a.made() {
			if want := map[bool]string{true: appToken, false: botToken}[c.Method == "apps.connections.open"]; c.Token != want {
				t.Errorf("%s was called with %q", c.Method, c.Token)
			}
		}
	})
	t.Run("each fault is named", func(t *testing.T) {
		a := newAPI(t, map[string][]answer{
			"auth.test":             {{header: http.Header{"X-Oauth-Scopes": {"chat:write, commands"}}, body: whoami}},
			"apps.connections.open": {refusal("not_allowed_token_type")},
			"conversations.info": {
				refusal("channel_not_found"), {body: `{"ok":true,"channel":{"is_member":false}}`}, {body: `{"ok":true,"channel":{"is_archived":true}}`},
			},
			"users.lookupByEmail": {refusal("users_not_found")},
		})
		got := bad(newSurface(t, a, replies(bot.Reply{}), withSocket).Check(ctx, []string{"C1", "C2", "C3"}, []string{"x@example.org"}))
		want := map[string]string{
			"socket": "not_allowed_token_type", "channel:C1": "channel_not_found", "channel:C2": "not_in_channel",
			"channel:C3": "is_archived", "email:x@example.org": "users_not_found",
		}
		for _, s := range slack.Scopes() {
			if s != "chat:write" && s != "commands" {
				want["scope:"+s] = "missing_scope"
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("with a wrong token nothing else is asked", func(t *testing.T) {
		a := newAPI(t, map[string][]answer{"auth.test": {refusal("invalid_auth")}})
		got := newSurface(t, a, replies(bot.Reply{})).Check(ctx, []string{"C1"}, nil)
		if diff := cmp.Diff([]surface.Finding{{Check: "token", Code: "invalid_auth"}}, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestManifest(t *testing.T) {
	o := slack.ManifestOptions{
		Name: "Incidentrapportering", Description: "Rapportera incidenter", CommandDescription: "Rapportera en incident",
		CommandHint: "[status | mine | help]", ShortcutName: "Rapportera som incident", ShortcutDescription: "Rapportera meddelandet",
		CaptureName: "Spara i ärendet", CaptureDescription: "Spara meddelandet",
	}
	manifest := func(t *testing.T, o slack.ManifestOptions) map[string]any {
		t.Helper()
		b, err := slack.Manifest(o)
		if err != nil {
			t.Fatal(err)
		}
		return asMap(t, string(b))
	}
	t.Run("for Socket Mode", func(t *testing.T) { golden(t, "manifest_socket", manifest(t, o)) })
	t.Run("for HTTP", func(t *testing.T) {
		over := o
		over.RequestURL = "https://incident.example.org/"
		m := manifest(t, over)
		golden(t, "manifest_http", m)
		// Every address in it has a route.
		s := newSurface(t, nil, replies(bot.Reply{}))
		encoded := encode(t, m)
		for pattern := range s.Routes() {
			if !strings.Contains(encoded, `"https://incident.example.org`+strings.TrimPrefix(pattern, "POST ")+`"`) {
				t.Errorf("%s is not in the manifest", pattern)
			}
		}
	})
	for name, change := range map[string]func(*slack.ManifestOptions){
		"no name":                     func(o *slack.ManifestOptions) { o.Name = "" },
		"a long name":                 func(o *slack.ManifestOptions) { o.Name = strings.Repeat("x", 36) },
		"a long shortcut":             func(o *slack.ManifestOptions) { o.ShortcutName = strings.Repeat("x", 25) },
		"a long second shortcut":      func(o *slack.ManifestOptions) { o.CaptureName = strings.Repeat("x", 25) },
		"a short long description":    func(o *slack.ManifestOptions) { o.LongDescription = "kort" },
		"a command without its slash": func(o *slack.ManifestOptions) { o.Command = "incident" },
	} {
		t.Run(name+" is refused", func(t *testing.T) {
			bad := o
			change(&bad)
			if _, err := slack.Manifest(bad); err == nil {
				t.Error("no error")
			}
		})
	}
}

func TestMembers(t *testing.T) {
	a := newAPI(t, map[string][]answer{"users.list": {
		{body: `{"ok":true,"members":[{"id":"U1","real_name":"Maja","profile":{"email":"maja@example.org"}},{"id":"U2","deleted":true},{"id":"B1","is_bot":true}],
			"response_metadata":{"next_cursor":"more"}}`},
		{body: `{"ok":true,"members":[{"id":"U3","name":"ali"}],"response_metadata":{"next_cursor":""}}`},
	}})
	var found []bot.Profile
	err := newSurface(t, a, replies(bot.Reply{})).Members(t.Context(), func(page []bot.Profile) error {
		found = append(found, page...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []bot.Profile{{ID: "U1", Name: "Maja", Email: "maja@example.org"}, {ID: "U3", Name: "ali"}}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Error(diff)
	}
}

func TestSendFileTellsWhatAPictureShows(t *testing.T) {
	a := newAPI(t, map[string][]answer{
		"conversations.open":           {{body: `{"ok":true,"channel":{"id":"D1"}}`}},
		"files.completeUploadExternal": {{body: `{"ok":true,"files":[{"id":"F1"}]}`}},
		"files.getUploadURLExternal":   {{body: `{"ok":true,"upload_url":"http://127.0.0.1:1/x","file_id":"F1"}`}},
	})
	_ = newSurface(t, a, replies(bot.Reply{})).SendFile(t.Context(), toPerson, "bild.png", "Staplar"+strings.Repeat("å", 1000), []byte("PNG")) // goes nowhere
	for _, c := range a.made() {
		if c.Method == "files.getUploadURLExternal" {
			if alt := c.Form.Get("alt_txt"); alt != "Staplar"+strings.Repeat("å", 992)+"…" {
				t.Errorf("the picture shows %q", alt)
			}
			return
		}
	}
	t.Error("no file was sent")
}
