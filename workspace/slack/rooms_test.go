package slack_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"tyreso.se/incidentbot/workspace/slack"
)

// created makes a channel and returns its id.
func (s *server) created(name string, private bool) string {
	s.t.Helper()
	answer := s.api("conversations.create", object{"name": name, "is_private": private})
	channel, _ := answer["channel"].(object)
	id, _ := channel["id"].(string)
	if id == "" {
		s.t.Fatalf("making %q is answered %v", name, answer)
	}
	return id
}

func TestChannelsAreMadeAndChangedByTheRules(t *testing.T) {
	for name, c := range map[string]struct {
		method string
		body   object
		setup  func(s *server) (channel string)
		want   string
	}{
		"make":                        {method: "conversations.create", body: object{"name": "inc-2026-0042_å", "is_private": true}},
		"make a public one":           {method: "conversations.create", body: object{"name": "nytt"}},
		"make one without a name":     {method: "conversations.create", body: object{"is_private": true}, want: "invalid_name_required"},
		"make one with a long name":   {method: "conversations.create", body: object{"name": x(81)}, want: "invalid_name_maxlength"},
		"make one with capitals":      {method: "conversations.create", body: object{"name": "INC-2026"}, want: "invalid_name_specials"},
		"make one with a space":       {method: "conversations.create", body: object{"name": "inc 2026"}, want: "invalid_name_specials"},
		"make one of hyphens":         {method: "conversations.create", body: object{"name": "---"}, want: "invalid_name_punctuation"},
		"make one whose name is used": {method: "conversations.create", body: object{"name": "allmänt", "is_private": true}, want: "name_taken"},
		"make one whose name an archived one has": {
			method: "conversations.create", body: object{"name": "gammal", "is_private": true}, want: "name_taken",
			setup: func(s *server) string {
				return s.AddChannel(slack.Channel{Name: "gammal", Private: true, Archived: true})
			},
		},
		"make without the scope": {
			method: "conversations.create", body: object{"name": "ny", "is_private": true}, want: "missing_scope",
			setup: func(s *server) string { s.SetScopes("channels:manage"); return "" },
		},
		"invite":                   {method: "conversations.invite", body: object{"users": anna + "," + bertil}, setup: private},
		"invite nobody":            {method: "conversations.invite", setup: private, want: "no_user"},
		"invite a stranger":        {method: "conversations.invite", body: object{"users": anna + ",U0NOBODY"}, setup: private, want: "user_not_found"},
		"invite, but the stranger": {method: "conversations.invite", body: object{"users": anna + ",U0NOBODY", "force": true}, setup: private},
		"invite oneself":           {method: "conversations.invite", body: object{"users": slack.BotUserID}, setup: private, want: "cant_invite_self"},
		"invite a member": {
			method: "conversations.invite", body: object{"users": anna}, want: "already_in_channel",
			setup: func(s *server) string {
				id := private(s)
				s.api("conversations.invite", object{"channel": id, "users": anna})
				return id
			},
		},
		"invite to an archived one": {
			method: "conversations.invite", body: object{"users": anna}, want: "is_archived",
			setup: func(s *server) string {
				id := private(s)
				s.api("conversations.archive", object{"channel": id})
				return id
			},
		},
		"invite to what the bot sees not": {
			method: "conversations.invite", body: object{"users": anna}, want: "channel_not_found",
			setup: func(s *server) string { return s.AddChannel(slack.Channel{Name: "hemlig", Private: true}) },
		},
		"archive": {method: "conversations.archive", setup: private},
		"archive again": {
			method: "conversations.archive", want: "already_archived",
			setup: func(s *server) string {
				id := private(s)
				s.api("conversations.archive", object{"channel": id})
				return id
			},
		},
		"archive direct messages": {
			method: "conversations.archive", want: "method_not_supported_for_channel_type",
			setup: func(s *server) string { return s.DirectMessages(anna) },
		},
		"archive where the bot is not": {
			method: "conversations.archive", want: "not_in_channel",
			setup: func(s *server) string { return s.AddChannel(slack.Channel{Name: "annan"}) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, slack.Options{})
			body := object{}
			for k, v := range c.body {
				body[k] = v
			}
			if c.setup != nil {
				body["channel"] = c.setup(s)
			}
			answer := s.api(c.method, body)
			if got, _ := answer["error"].(string); got != c.want || answer["ok"] != (c.want == "") {
				t.Errorf("answer %v, want error %q", answer, c.want)
			}
		})
	}
}

func private(s *server) string { return s.created("rum", true) }

func TestOneWhoCannotBeInvitedKeepsTheOthersOut(t *testing.T) {
	s := newServer(t, slack.Options{})
	id := private(s)
	members := func() []string {
		i := slices.IndexFunc(s.Channels(), func(c slack.Channel) bool { return c.ID == id })
		return s.Channels()[i].Members
	}
	s.api("conversations.invite", object{"channel": id, "users": anna + ",U0NOBODY"})
	if got := members(); len(got) != 0 {
		t.Errorf("without force there are %q", got)
	}
	s.api("conversations.invite", object{"channel": id, "users": anna + ",U0NOBODY", "force": true})
	if got := members(); !slices.Equal(got, []string{anna}) {
		t.Errorf("with force there are %q", got)
	}
}

// page is what a person sees on the page with a conversation open.
func (s *server) page(user, channel string) string {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.url+"/page/state?user="+user+"&channel="+channel, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	var state json.RawMessage
	if err := json.NewDecoder(resp.Body).Decode(&state); err != nil {
		s.t.Fatal(err)
	}
	return string(state)
}

func TestPrivateChannelIsForItsMembers(t *testing.T) {
	s := newServer(t, slack.Options{})
	id := s.created("inc-2026-0042", true)
	s.api("conversations.invite", object{"channel": id, "users": anna})
	s.api("chat.postMessage", object{"channel": id, "text": "Bara för oss"})
	if seen := s.page(anna, id); !strings.Contains(seen, "inc-2026-0042") || !strings.Contains(seen, "Bara för oss") {
		t.Errorf("a member sees %s", seen)
	}
	if seen := s.page(bertil, id); strings.Contains(seen, "inc-2026-0042") || strings.Contains(seen, "Bara för oss") {
		t.Errorf("another sees %s", seen)
	}
	if _, err := s.Say(bertil, id, "Hej"); err == nil {
		t.Error("another speaks there")
	}
	said, err := s.Say(anna, id, "Hej")
	if err != nil {
		t.Fatal(err)
	}
	s.api("conversations.archive", object{"channel": id})
	if _, err := s.Say(anna, id, "Är någon kvar?"); err == nil {
		t.Error("a member speaks when it is archived")
	}
	if _, err := s.Shortcut(context.Background(), anna, id, said.TS, ""); err == nil {
		t.Error("a shortcut is used when it is archived")
	}
	if seen := s.page(anna, general); strings.Contains(seen, "inc-2026-0042") || !strings.Contains(seen, `"title":"Undersköterska","unread":0`) {
		t.Errorf("when it is archived a member sees %s", seen)
	}
}

func TestMakingChannelsIsLimited(t *testing.T) {
	c := newClock()
	s := newServer(t, slack.Options{Clock: c.now})
	for n := range 20 {
		s.created("rum-"+string(rune('a'+n)), true)
	}
	if answer := s.api("conversations.create", object{"name": "ett-till", "is_private": true}); answer["error"] != "ratelimited" {
		t.Errorf("the twenty-first is answered %v", answer)
	}
	c.advance(time.Minute)
	s.created("ett-till", true)
}
