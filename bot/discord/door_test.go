package discord_test

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tyreso.se/incidentbot/bot/discord"
)

const ping = `{"id":"1","application_id":"` + applicationID + `","type":1,"token":"t","version":1}`

// odd is an interaction that cannot be decoded.
const odd = `{"id":"1","type":2,"token":"t","locale":"en-GB","data":"odd"}`

// signedAt is a request of Discord's, signed with key at a time.
func signedAt(key ed25519.PrivateKey, body string, at time.Time) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/discord/interactions", strings.NewReader(body))
	stamp := strconv.FormatInt(at.Unix(), 10)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Signature-Timestamp", stamp)
	r.Header.Set("X-Signature-Ed25519", hex.EncodeToString(ed25519.Sign(key, []byte(stamp+body))))
	return r
}

func signed(body string) *http.Request { return signedAt(testKey, body, noon) }

// changed is r with a change made after it was signed.
func changed(r *http.Request, change func(*http.Request)) *http.Request {
	change(r)
	return r
}

// door returns the HTTP door of a surface, and its metrics.
func door(t *testing.T, change func(*discord.Options)) (http.Handler, *prometheus.Registry) {
	t.Helper()
	metrics := prometheus.NewRegistry()
	s := newSurface(t, "http://127.0.0.1/api", func(o *discord.Options) {
		o.PublicKey, o.Registerer = publicKey(), metrics
		if change != nil {
			change(o)
		}
	})
	return s.Routes()["POST /discord/interactions"], metrics
}

// counted is how often requests were refused, by reason.
func counted(t *testing.T, r *prometheus.Registry) map[string]float64 {
	t.Helper()
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]float64{}
	for _, f := range families {
		if f.GetName() != "incidentbot_refused_requests_total" {
			continue
		}
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				if l.GetName() == "reason" {
					counts[l.GetValue()] = m.GetCounter().GetValue()
				}
			}
		}
	}
	return counts
}

func TestTheDoorLetsInWhatIsSignedAndNothingElse(t *testing.T) {
	stranger := ed25519.NewKeyFromSeed([]byte(strings.Repeat("s", ed25519.SeedSize)))
	tests := map[string]struct {
		request *http.Request
		status  int
		reason  string // "" when it is let in
	}{
		"signed":               {signed(ping), 200, ""},
		"five minutes old":     {signedAt(testKey, ping, noon.Add(-5*time.Minute)), 200, ""},
		"five minutes early":   {signedAt(testKey, ping, noon.Add(5*time.Minute)), 200, ""},
		"too old":              {signedAt(testKey, ping, noon.Add(-5*time.Minute-time.Second)), 401, "stale"},
		"too early":            {signedAt(testKey, ping, noon.Add(5*time.Minute+time.Second)), 401, "stale"},
		"absurdly late":        {signedAt(testKey, ping, time.Unix(1<<62, 0)), 401, "stale"},
		"by a stranger":        {signedAt(stranger, ping, noon), 401, "signature"},
		"unsigned":             {changed(signed(ping), func(r *http.Request) { r.Header.Del("X-Signature-Ed25519") }), 401, "signature"},
		"without a time":       {changed(signed(ping), func(r *http.Request) { r.Header.Del("X-Signature-Timestamp") }), 401, "signature"},
		"a time in words":      {changed(signed(ping), func(r *http.Request) { r.Header.Set("X-Signature-Timestamp", "nu") }), 401, "signature"},
		"another time":         {changed(signed(ping), func(r *http.Request) { r.Header.Set("X-Signature-Timestamp", strconv.FormatInt(noon.Unix()+1, 10)) }), 401, "signature"},
		"a signature in words": {changed(signed(ping), func(r *http.Request) { r.Header.Set("X-Signature-Ed25519", "underskrift") }), 401, "signature"},
		"half a signature": {changed(signed(ping), func(r *http.Request) {
			r.Header.Set("X-Signature-Ed25519", r.Header.Get("X-Signature-Ed25519")[:64])
		}), 401, "signature"},
		"another body": {changed(signed(ping), func(r *http.Request) { r.Body = signed(odd).Body }), 401, "signature"},
		"by GET":       {changed(signed(ping), func(r *http.Request) { r.Method = http.MethodGet }), 405, "method"},
		"too large":    {signed(`{"type":1,"x":"` + strings.Repeat("x", 1<<20) + `"}`), 413, "too_large"},
		"not JSON":     {signed(`hej`), 400, "malformed"},
		"no type":      {signed(`{}`), 400, "malformed"},
		"no token":     {signed(`{"id":"1","type":2}`), 400, "malformed"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h, metrics := door(t, nil)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, tt.request)
			equal(t, "status", w.Code, tt.status)
			want := map[string]float64{}
			if tt.reason != "" {
				want[tt.reason] = 1
			} else {
				equal(t, "body", w.Body.String(), `{"type":1}`)
				equal(t, "content type", w.Header().Get("Content-Type"), "application/json")
			}
			equal(t, "refused", counted(t, metrics), want)
		})
	}
}

func TestARequestIsLetInOnce(t *testing.T) {
	h, metrics := door(t, nil)
	for i, want := range []int{http.StatusOK, http.StatusUnauthorized} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, signed(ping))
		equal(t, "status "+strconv.Itoa(i), w.Code, want)
	}
	equal(t, "refused", counted(t, metrics), map[string]float64{"replay": 1})
	t.Run("unless it did not end well", func(t *testing.T) {
		h, metrics := door(t, nil)
		for range 2 {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, signed(`hej`))
			equal(t, "status", w.Code, http.StatusBadRequest)
		}
		equal(t, "refused", counted(t, metrics), map[string]float64{"malformed": 2})
	})
}

func TestWhatCannotBeDecodedIsAnsweredKindly(t *testing.T) {
	tests := map[string]struct{ body, want string }{
		"a command":    {odd, `{"type":4,"data":{"tts":false,"content":"en:not_understood","components":null,"embeds":null,"allowed_mentions":{"parse":[],"replied_user":false},"flags":64}}`},
		"autocomplete": {`{"id":"1","type":4,"token":"t","data":"odd"}`, `{"data":{"choices":[]},"type":8}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var log journal
			h, metrics := door(t, func(o *discord.Options) { o.Logger = log.logger() })
			w := httptest.NewRecorder()
			h.ServeHTTP(w, signed(tt.body))
			equal(t, "status", w.Code, http.StatusOK)
			equal(t, "body", w.Body.String(), tt.want)
			equal(t, "refused", counted(t, metrics), map[string]float64{"not_understood": 1})
			if !strings.Contains(log.String(), "interaction not understood") {
				t.Errorf("the log says nothing: %s", log.String())
			}
		})
	}
}

func TestDrainWaitsForWhatIsUnderWay(t *testing.T) {
	s := newSurface(t, "http://127.0.0.1/api", nil)
	if err := s.Drain(context.Background()); err != nil {
		t.Errorf("with nothing under way: %v", err)
	}
}
