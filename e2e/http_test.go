package e2e_test

import (
	"bytes"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tyreso.se/incidentbot/workspace/slack"
)

// delivered is a request that the workspace has made of the program.
type delivered struct {
	path   string
	header http.Header
	body   string
}

// tap stands between a platform and the program and keeps what passes, or what would.
type tap struct {
	url string

	mu     sync.Mutex
	kept   []delivered
	closed bool // nothing reaches the program
}

// listen puts a tap before the program.
func listen(t *testing.T, s *stage) *tap {
	t.Helper()
	tapped := &tap{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d := delivered{path: r.URL.Path, header: r.Header.Clone(), body: string(drain(r.Body))}
		if !tapped.pass(d) {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		resp, err := s.send(d)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		copyHeader(w.Header(), resp.Header)
		w.WriteHeader(resp.StatusCode)
		_, _ = w.Write(drain(resp.Body))
	}))
	t.Cleanup(server.Close)
	tapped.url = server.URL
	return tapped
}

// pass keeps a request and tells whether it may go on.
func (tp *tap) pass(d delivered) bool {
	tp.mu.Lock()
	defer tp.mu.Unlock()
	tp.kept = append(tp.kept, d)
	return !tp.closed
}

// close lets nothing through from now on, or opens again.
func (tp *tap) close(closed bool) {
	tp.mu.Lock()
	defer tp.mu.Unlock()
	tp.closed = closed
}

// last returns the latest request to a path whose body holds a part.
func (tp *tap) last(t *testing.T, path, part string) delivered {
	t.Helper()
	tp.mu.Lock()
	defer tp.mu.Unlock()
	for i := len(tp.kept) - 1; i >= 0; i-- {
		if d := tp.kept[i]; d.path == path && strings.Contains(d.body, part) {
			return d
		}
	}
	t.Fatalf("nothing with %q was sent to %s", part, path)
	return delivered{}
}

// send makes a request of the program.
func (s *stage) send(d delivered) (*http.Response, error) {
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, "http://"+s.address+d.path, bytes.NewBufferString(d.body))
	if err != nil {
		return nil, err
	}
	req.Header = d.header.Clone()
	return http.DefaultClient.Do(req)
}

// status makes a request of the program and returns how it was answered.
func (s *stage) status(d delivered) int {
	s.t.Helper()
	resp, err := s.send(d)
	if err != nil {
		s.t.Fatalf("asking the program: %v", err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

// signed returns the request with another body, signed with a secret at a time.
func (d delivered) signed(secret string, at time.Time, body string) delivered {
	stamp := strconv.FormatInt(at.Unix(), 10)
	d.header, d.body = maps.Clone(d.header), body
	d.header.Set("X-Slack-Request-Timestamp", stamp)
	d.header.Set("X-Slack-Signature", slack.Sign(secret, stamp, body))
	return d
}

func TestReportOverHTTP(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, database string) {
		s := newSlackStage(t, database, play{})
		s.start()
		const text = "Jag skickade ett beslut till fel familj i ett mejl, de har ringt och sagt till."
		number := s.report(maja, text)

		s.step("is in the register", func(t *testing.T) {
			register := s.register()
			if len(register) != 1 || register[0].Number != number || register[0].Text != text || register[0].Status != "new" {
				t.Errorf("the register holds %+v, want %s with the very text", register, number)
			}
			if n := s.audited(); n == 0 {
				t.Error("nothing was audited")
			}
		})
		s.step("arrives in the channel, at the CISO and at the reporter", func(t *testing.T) {
			all := []string{number}
			s.awaitMessages(map[string][]string{triage: all, s.DirectMessages(ciso): all, s.DirectMessages(maja): all})
			for _, place := range []string{triage, s.DirectMessages(ciso)} {
				if card := messageAbout(s.chat, place, number); strings.Contains(card.text+card.notice, "beslut till fel familj") {
					t.Errorf("the reporter's words stand on the card in %s", place)
				}
			}
			if told := s.told(general); len(told) > 0 {
				t.Errorf("the channel for all was told of %v", told)
			}
		})
		s.step("is acknowledged by the CISO on every copy", func(t *testing.T) {
			card := messageAbout(s.chat, triage, number)
			if _, err := s.PressButton(t.Context(), ciso, triage, card.id, "acknowledge"); err != nil {
				t.Fatal(err)
			}
			s.awaitChat("every copy is edited", func() bool {
				here := messageAbout(s.chat, triage, number)
				there := messageAbout(s.chat, s.DirectMessages(ciso), number)
				return here.edits > 0 && there.edits > 0
			})
			s.awaitChat("the reporter is told", func() bool { return s.told(s.DirectMessages(maja))[number] == 2 })
			if register := s.register(); register[0].Status != "acknowledged" {
				t.Errorf("the status is %q", register[0].Status)
			}
		})
	})
}

func TestRefusedRequestsOverHTTP(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, database string) {
		s := newSlackStage(t, database, play{})
		s.start()
		tapped := listen(t, s.stage)
		s.SetURLs(tapped.url+"/slack/events", tapped.url+"/slack/commands", tapped.url+"/slack/interactions", "")
		number := s.report(maja, "En pärm med utredningar låg framme i kopieringsrummet över helgen.")
		all := []string{number}
		s.awaitMessages(map[string][]string{triage: all, s.DirectMessages(ciso): all, s.DirectMessages(maja): all})
		events := s.audited()

		// Requests that would make another report: as the workspace sends them, for a dialog that was never sent before.
		sent := tapped.last(t, "/slack/interactions", "view_submission")
		fresh := 0
		another := func() string {
			fresh++
			form, err := url.ParseQuery(sent.body)
			if err != nil {
				t.Fatal(err)
			}
			payload := strings.ReplaceAll(form.Get("payload"), `"id":"V0L`, `"id":"V`+strconv.Itoa(fresh)+`L`)
			if payload == form.Get("payload") {
				t.Fatal("the id of the dialog was not found in its submission")
			}
			return url.Values{"payload": {payload}}.Encode()
		}
		asked := tapped.last(t, "/slack/commands", "")
		secret, now := s.SigningSecret(), time.Now()
		accepted := sent.signed(secret, now, another())
		unsigned := sent.signed(secret, now, another())
		unsigned.header.Del("X-Slack-Signature")
		changed := sent.signed(secret, now, another())
		changed.body = another()

		tests := []struct {
			name    string
			request delivered
		}{
			{"forged submission is refused", sent.signed("another secret", now, another())},
			{"forged command is refused", asked.signed("another secret", now, asked.body)},
			{"unsigned submission is refused", unsigned},
			{"submission changed after signing is refused", changed},
			{"submission from six minutes ago is refused", sent.signed(secret, now.Add(-6*time.Minute), another())},
			{"command from six minutes ago is refused", asked.signed(secret, now.Add(-6*time.Minute), asked.body)},
			{"submission from the future is refused", sent.signed(secret, now.Add(6*time.Minute), another())},
			{"replayed submission is refused", sent},
			{"replayed command is refused", asked},
		}
		for _, test := range tests {
			s.step(test.name, func(t *testing.T) {
				if got := s.status(test.request); got != http.StatusUnauthorized {
					t.Errorf("answered with %d, want 401", got)
				}
			})
		}
		s.step("nothing of it is stored", func(t *testing.T) {
			if register := s.register(); len(register) != 1 {
				t.Errorf("the register holds %d incidents, want 1", len(register))
			}
			if n := s.audited(); n != events {
				t.Errorf("the audit chain has %d events, want %d", n, events)
			}
		})
		s.step("the same rightly signed is stored, once", func(t *testing.T) {
			if got := s.status(accepted); got != http.StatusOK {
				t.Errorf("answered with %d, want 200", got)
			}
			if got := s.status(accepted); got != http.StatusUnauthorized {
				t.Errorf("replayed, answered with %d, want 401", got)
			}
			if register := s.register(); len(register) != 2 {
				t.Errorf("the register holds %d incidents, want 2", len(register))
			}
		})
	})
}
