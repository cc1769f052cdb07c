package mail_test

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/mail"
	"tyreso.se/incidentbot/bot/mail/mailtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const sender = "Ärendebot <incident@kommun.example>"

func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// surface is one that hands its mail in at the server.
func surface(t *testing.T, s *mailtest.Server, scheme, login string) *mail.Surface {
	t.Helper()
	m, err := mail.New(mail.Options{Server: scheme + "://" + login + s.Addr(), From: sender, Clock: noon, RootCAs: s.Roots})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var anna = bot.Address{Surface: mail.Name, User: "anna@kommun.example"}

func message() bot.Message {
	return bot.Message{Summary: "Din kod för att koppla kontot", Blocks: []bot.Block{
		bot.Heading("Hej!"), bot.Paragraph("Någon vill koppla ett konto."), bot.Facts{{Label: "Kod", Value: "012345"}, {Label: "Till", Value: "a\nb"}},
		bot.Divider{}, bot.Quote(".\n..två\n> tre"), bot.List{"ett", "två\nrader"}, bot.Small("Var det inte du?"), bot.Paragraph(""),
		bot.Buttons{{ID: "x", Text: "Tryck här"}},
	}}
}

// read takes a message apart as a mail program does.
func read(t failer, l mailtest.Letter) (header netmail.Header, subject, body string) {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(l.Data))
	if err != nil {
		t.Fatalf("no mail: %v\n%s", err, l.Data)
	}
	subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		t.Fatalf("subject: %v", err)
	}
	media, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || media != "text/plain" || !strings.EqualFold(params["charset"], "utf-8") {
		t.Fatalf("content type %q", m.Header.Get("Content-Type"))
	}
	if got := m.Header.Get("Content-Transfer-Encoding"); got != "quoted-printable" {
		t.Fatalf("encoding %q", got)
	}
	content, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil {
		t.Fatalf("body: %v", err)
	}
	return m.Header, subject, strings.ReplaceAll(string(content), "\r\n", "\n")
}

type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

func TestSend(t *testing.T) {
	for name, test := range map[string]struct {
		set           func(*mailtest.Server)
		scheme, login string
		encrypted     bool
		user          string
	}{
		"STARTTLS":                 {nil, "smtp", "", true, ""},
		"STARTTLS with a password": {func(s *mailtest.Server) { s.Password = "h@mligt" }, "smtp", "bot%40kommun.example:h%40mligt@", true, "bot@kommun.example"},
		"TLS with a password":      {func(s *mailtest.Server) { s.Implicit, s.Password = true, "x" }, "smtps", "bot:x@", true, "bot"},
		"clear text":               {func(s *mailtest.Server) { s.NoTLS = true }, "smtp+insecure", "", false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := mailtest.Serve(t, test.set)
			m := surface(t, s, test.scheme, test.login)
			if err := m.Check(t.Context()); err != nil {
				t.Fatalf("check: %v", errors.Unwrap(err))
			}
			ref, err := m.Send(t.Context(), anna, message(), "delivery-7", false)
			if err != nil {
				t.Fatalf("%v: %v", err, errors.Unwrap(err))
			}
			if len(s.Taken()) != 1 {
				t.Fatalf("%d letters", len(s.Taken()))
			}
			l := s.Taken()[0]
			header, subject, body := read(t, l)
			got := map[string]any{
				"envelope": []string{strings.Split(l.From, " ")[0], l.To}, "encrypted": l.TLS, "user": l.User, "subject": subject, "body": body,
				"utf8": strings.Contains(l.From, "SMTPUTF8"),
			}
			want := map[string]any{
				"envelope": []string{"<incident@kommun.example>", "<anna@kommun.example>"}, "encrypted": test.encrypted, "user": test.user,
				"subject": "Din kod för att koppla kontot", "utf8": false,
				"body": "Hej!\n\nNågon vill koppla ett konto.\n\nKod: 012345\nTill: a\n  b\n\n----\n\n> .\n> ..två\n> > tre\n\n" +
					"- ett\n- två\n  rader\n\nVar det inte du?\n",
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("differs (-want +got):\n%s", diff)
			}
			from, err := header.AddressList("From")
			if err != nil || from[0].Name != "Ärendebot" || from[0].Address != "incident@kommun.example" {
				t.Errorf("from %v, %v", from, err)
			}
			for name, want := range map[string]string{
				"To": "<anna@kommun.example>", "Date": "Mon, 23 Nov 2026 12:00:00 +0000", "Auto-Submitted": "auto-generated", "MIME-Version": "1.0",
				"X-Auto-Response-Suppress": "All", "User-Agent": "", "X-Mailer": "", "Message-ID": "<" + ref.ID + ">",
			} {
				if got := header.Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
		})
	}
}

func TestARetryIsTheSameMessage(t *testing.T) {
	s := mailtest.Serve(t, nil)
	m := surface(t, s, "smtp", "")
	id := func(key, words string) string {
		ref, err := m.Send(t.Context(), anna, bot.Message{Summary: "x", Blocks: []bot.Block{bot.Paragraph(words)}}, key, true)
		if err != nil {
			t.Fatal(err)
		}
		return ref.ID
	}
	first := id("delivery-1", "a")
	if !strings.HasSuffix(first, "@kommun.example") {
		t.Errorf("id %q is not of the sender's domain", first)
	}
	for name, test := range map[string]struct {
		key, words string
		same       bool
	}{"again": {"delivery-1", "a", true}, "another key": {"delivery-2", "a", false}, "the key of a new register": {"delivery-1", "b", false}} {
		if got := id(test.key, test.words); (got == first) != test.same {
			t.Errorf("%s: %q and %q", name, first, got)
		}
	}
}

// Whatever a message says comes out as it was, in lines that every server takes, and nothing in it becomes a header.
func TestAnyTextArrives(t *testing.T) {
	s := mailtest.Serve(t, nil)
	m := surface(t, s, "smtp", "")
	rapid.Check(t, func(rt *rapid.T) {
		summary := rapid.String().Draw(rt, "summary")
		words := rapid.StringMatching(`(?s)(.|\n\.|\r|\r\n\.\r\n|åäö){0,300}`).Draw(rt, "words")
		if _, err := m.Send(t.Context(), anna, bot.Message{Summary: summary, Blocks: []bot.Block{bot.Paragraph("a" + words + "z")}}, "k", false); err != nil {
			rt.Fatalf("%v: %v", err, errors.Unwrap(err))
		}
		taken := s.Taken()
		header, subject, body := read(rt, taken[len(taken)-1])
		if want := strings.Join(strings.Fields(summary), " "); subject != want && utf8.ValidString(want) {
			rt.Fatalf("subject %q, want %q", subject, want)
		}
		unix := strings.NewReplacer("\r\n", "\n", "\r", "\n")
		if got, want := unix.Replace(body), unix.Replace("a"+words+"z\n"); got != want {
			rt.Fatalf("body %q, want %q", got, want)
		}
		if len(header) != 10 {
			rt.Fatalf("headers %v", header)
		}
	})
}

func TestRefusals(t *testing.T) {
	answering := func(command, reply string) func(*mailtest.Server) {
		return func(s *mailtest.Server) {
			s.Answer = func(c string) string {
				if c == command {
					return reply
				}
				return ""
			}
		}
	}
	for name, test := range map[string]struct {
		set           func(*mailtest.Server)
		scheme, login string
		want          bot.SendError
	}{
		"no such mailbox":            {answering("RCPT", "550 5.1.1 anna@kommun.example unknown"), "smtp", "", bot.SendError{Code: "smtp_550", Permanent: true}},
		"greylisted":                 {answering("RCPT", "451 4.7.1 later"), "smtp", "", bot.SendError{Code: "smtp_451"}},
		"sender refused":             {answering("MAIL", "553 no"), "smtp", "", bot.SendError{Code: "smtp_553", Permanent: true}},
		"content refused":            {answering(".", "554 5.7.1 spam"), "smtp", "", bot.SendError{Code: "smtp_554", Permanent: true}},
		"disk full":                  {answering(".", "452 4.3.1 full"), "smtp", "", bot.SendError{Code: "smtp_452"}},
		"no data":                    {answering("DATA", "451 4.3.0 later"), "smtp", "", bot.SendError{Code: "smtp_451"}},
		"gone before the end":        {answering(".", "drop"), "smtp", "", bot.SendError{Code: "connection"}},
		"gone at once":               {answering("CONNECT", "drop"), "smtp", "", bot.SendError{Code: "connection"}},
		"gone at the greeting":       {answering("EHLO", "drop"), "smtp", "", bot.SendError{Code: "connection"}},
		"no service":                 {answering("CONNECT", "554 no service"), "smtp", "", bot.SendError{Code: "smtp_554"}},
		"wrong password":             {func(s *mailtest.Server) { s.Password = "x" }, "smtp", "bot:y@", bot.SendError{Code: "smtp_535"}},
		"no sign-in":                 {nil, "smtp", "bot:y@", bot.SendError{Code: "not_offered"}},
		"no STARTTLS":                {func(s *mailtest.Server) { s.NoTLS = true }, "smtp", "", bot.SendError{Code: "not_offered"}},
		"TLS where there is none":    {nil, "smtps", "", bot.SendError{Code: "tls"}},
		"an untrusted server":        {func(s *mailtest.Server) { _, s.Roots = mailtest.Certificate(s.T) }, "smtp", "", bot.SendError{Code: "tls"}},
		"an untrusted server by TLS": {func(s *mailtest.Server) { s.Implicit = true; _, s.Roots = mailtest.Certificate(s.T) }, "smtps", "", bot.SendError{Code: "tls"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := mailtest.Serve(t, test.set)
			_, err := surface(t, s, test.scheme, test.login).Send(t.Context(), anna, message(), "k", false)
			var got *bot.SendError
			if !errors.As(err, &got) {
				t.Fatalf("error is %v", err)
			}
			if got.Code != test.want.Code || got.Permanent != test.want.Permanent || got.Wait != 0 {
				t.Errorf("refused as %+v (%v), want %+v", got, got.Err, test.want)
			}
			if len(s.Taken()) != 0 {
				t.Error("and yet it was taken")
			}
			if strings.Contains(err.Error(), "anna@") {
				t.Errorf("error %q holds the address", err)
			}
		})
	}
}

func TestAServerThatFailsAtGoodbyeHasTakenTheMessage(t *testing.T) {
	for _, command := range []string{"RSET", "QUIT"} {
		for _, reply := range []string{"451 no", "drop"} {
			s := mailtest.Serve(t, func(s *mailtest.Server) {
				s.Answer = func(c string) string {
					if c == command {
						return reply
					}
					return ""
				}
			})
			if _, err := surface(t, s, "smtp", "").Send(t.Context(), anna, message(), "k", false); err != nil {
				t.Errorf("%s answered %q: %v", command, reply, err)
			}
			if len(s.Taken()) != 1 {
				t.Errorf("%d letters", len(s.Taken()))
			}
		}
	}
}

func TestAServerThatHangsIsLeft(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := mailtest.Serve(t, func(s *mailtest.Server) {
		s.Answer = func(c string) string {
			if c == "EHLO" {
				cancel() // and says nothing until the client has gone
				return "250-wait"
			}
			return ""
		}
	})
	var refused *bot.SendError
	if _, err := surface(t, s, "smtp", "").Send(ctx, anna, message(), "k", false); !errors.As(err, &refused) || refused.Code != "cancelled" || refused.Permanent {
		t.Errorf("error is %v", err)
	}
}

func TestCheckTellsWhatIsWrong(t *testing.T) {
	s := mailtest.Serve(t, func(s *mailtest.Server) { s.Password = "x" })
	if err := surface(t, s, "smtp", "bot:x@").Check(t.Context()); err != nil {
		t.Errorf("a server that is right: %v", err)
	}
	var refused *bot.SendError
	if err := surface(t, s, "smtp", "bot:y@").Check(t.Context()); !errors.As(err, &refused) || refused.Code != "smtp_535" {
		t.Errorf("a wrong password: %v", err)
	}
	if len(s.Taken()) != 0 {
		t.Error("checking sends mail")
	}
}

func TestMailDoesNothingElse(t *testing.T) {
	m, err := mail.New(mail.Options{Server: "smtp://localhost", From: sender, Clock: noon})
	if err != nil {
		t.Fatal(err)
	}
	_, toChannel := m.Send(t.Context(), bot.Address{Surface: mail.Name, Channel: "C1"}, message(), "k", false)
	_, profile := m.Profile(t.Context(), "x")
	_, find := m.FindByEmail(t.Context(), "x")
	_, fetch := m.Fetch(t.Context(), bot.File{}, 1)
	for what, err := range map[string]error{
		"send to a channel": toChannel, "profile": profile, "find": find, "fetch": fetch,
		"send a file": m.SendFile(t.Context(), anna, "x", "", nil), "edit": m.Edit(t.Context(), bot.Ref{}, message()),
	} {
		var refused *bot.SendError
		if !errors.As(err, &refused) || refused.Code != "not_supported" || !refused.Permanent {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err = m.Send(t.Context(), bot.Address{Surface: mail.Name, User: "anna"}, message(), "k", false)
	var refused *bot.SendError
	if !errors.As(err, &refused) || refused.Code != "bad_address" || !refused.Permanent {
		t.Errorf("what is no address: %v", err)
	}
}

func TestNew(t *testing.T) {
	for name, test := range map[string]struct{ server, from, want, says string }{
		"STARTTLS":                {"smtp://bot:hemligt@mail.example", sender, "mail.example:587", ""},
		"TLS":                     {"smtps://mail.example", sender, "mail.example:465", ""},
		"clear text":              {"smtp+insecure://[::1]", sender, "::1:25", ""},
		"another port":            {"smtp://mail.example:2525", sender, "mail.example:2525", ""},
		"clear text and password": {"smtp+insecure://bot:hemligt@mail.example", sender, "", "clear text"},
		"another scheme":          {"http://bot:hemligt@mail.example", sender, "", `"http"`},
		"no server":               {"smtp://", sender, "", "no server"},
		"no address":              {"smtp://bot:hemligt%@mail.example", sender, "", "no server"},
		"no sender":               {"smtp://mail.example", "", "", "sender"},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := mail.New(mail.Options{Server: test.server, From: test.from, Clock: noon})
			if test.says != "" {
				if err == nil || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "hemligt") {
					t.Errorf("error is %v, want one that says %q", err, test.says)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if m.Server() != test.want || m.Name() != mail.Name {
				t.Errorf("server %q, want %q", m.Server(), test.want)
			}
		})
	}
}
