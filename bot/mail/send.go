package mail

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strings"
	"time"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"

	"tyreso.se/incidentbot/bot"
)

// timeout is how long handing in a message may take: more than a slow server needs, less than a job may.
const timeout = 30 * time.Second

// Send implements bot.Surface. to.User is an e-mail address, m.Summary becomes the subject. A message that was sent before with
// the same key and the same words has the same Message-ID, by which mailboxes leave out the second copy; retry changes nothing.
func (s *Surface) Send(ctx context.Context, to bot.Address, m bot.Message, key string, _ bool) (bot.Ref, error) {
	if to.User == "" {
		return bot.Ref{}, errNotSupported()
	}
	letter, id, err := s.compose(to.User, m, key)
	if err != nil {
		return bot.Ref{}, &bot.SendError{Code: "bad_address", Permanent: true, Err: err}
	}
	err = s.connected(ctx, !ascii(to.User+s.from.Address), func(send sender) error { return send(letter) })
	if err != nil && !letter.IsDelivered() { // a server that takes the message and fails at goodbye has taken it
		return bot.Ref{}, refused(err)
	}
	return bot.Ref{Surface: Name, Channel: to.User, ID: id}, nil
}

// Check makes sure that the server answers, is who it should be and accepts the user. The error is a *bot.SendError whose code
// is "connection", "timeout", "tls" (its certificate is not trusted, or it does not speak TLS at once), "not_offered" (it offers
// no STARTTLS, or no way to sign in) or "smtp_" and the server's three digits.
func (s *Surface) Check(ctx context.Context) error {
	if err := s.connected(ctx, false, func(sender) error { return nil }); err != nil {
		return refused(err)
	}
	return nil
}

// compose writes the message. The error tells of an address that is none.
func (s *Surface) compose(to string, m bot.Message, key string) (letter *gomail.Msg, id string, err error) {
	letter = gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	letter.FromMailAddress(s.from)
	if err := letter.To(to); err != nil {
		return nil, "", fmt.Errorf("reading the recipient's address: %w", err)
	}
	subject, body := oneLine(m.Summary), text(m)
	letter.Subject(subject)
	letter.SetDateWithValue(s.now())
	id = s.messageID(to, key, subject, body)
	letter.SetMessageIDWithValue(id)
	// So that nothing that answers by itself, such as an absence notice, answers this:
	// https://www.rfc-editor.org/rfc/rfc3834#section-5 and, for Exchange,
	// https://learn.microsoft.com/en-us/openspecs/exchange_server_protocols/ms-oxcmail/ced68690-498a-4567-9d14-5c01f974d8b1
	letter.SetGenHeader("Auto-Submitted", "auto-generated")
	letter.SetGenHeader(gomail.HeaderXAutoResponseSuppress, "All")
	letter.SetBodyString(gomail.TypeTextPlain, body)
	return letter, id, nil
}

// messageID derives the id from the key, which the register gives out. Keys begin anew in a new register, and a mailbox may
// drop what has an id that it has seen: so recipient and words are part of it.
func (s *Surface) messageID(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	_, domain, _ := strings.Cut(s.from.Address, "@")
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16])) + "@" + domain
}

// sender hands in a message on an open connection.
type sender func(letter *gomail.Msg) error

// connected runs do with an open connection to the server, and closes it. Each message has a connection of its own: there are
// few of them, and servers close idle ones. beyondASCII says that an address needs the extension for it, which must not be
// asked for otherwise: a server further on may not have it and would refuse (https://www.rfc-editor.org/rfc/rfc6531#section-3.2).
func (s *Surface) connected(ctx context.Context, beyondASCII bool, do func(sender) error) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var conn net.Conn
	stop := func() bool { return true }
	opts := []gomail.Option{
		gomail.WithPort(s.server.port), gomail.WithTimeout(timeout), gomail.WithTLSConfig(s.tls()),
		gomail.WithDialContextFunc(func(dialing context.Context, network, address string) (net.Conn, error) {
			var err error
			if conn, err = s.dial(dialing, network, address); err == nil {
				// The library looks at the context while it dials only: later, a closed connection ends whatever goes on.
				stop = context.AfterFunc(ctx, func() { _ = conn.Close() })
			}
			return conn, err
		}),
	}
	switch s.server.kind {
	case startTLS:
		opts = append(opts, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case implicitTLS:
		opts = append(opts, gomail.WithSSL())
	case clearText:
		opts = append(opts, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if !beyondASCII {
		opts = append(opts, gomail.WithoutSMTPUTF8())
	}
	if s.user != "" {
		opts = append(opts, gomail.WithUsername(s.user), gomail.WithPassword(s.password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthPlain, gomail.SMTPAuthLogin)) // what every server has, over TLS
	}
	client, err := gomail.NewClient(s.server.host, opts...)
	if err != nil {
		return fmt.Errorf("preparing to connect to the mail server: %w", err)
	}
	session, err := client.DialToSMTPClientWithContext(ctx)
	if conn != nil {
		defer conn.Close() // the library leaves it open when the greeting goes wrong
		defer stop()
	}
	if err != nil {
		return errors.Join(ctx.Err(), connectError{err})
	}
	if err := do(func(letter *gomail.Msg) error { return client.SendWithSMTPClient(session, letter) }); err != nil {
		return errors.Join(ctx.Err(), err)
	}
	return client.CloseWithSMTPClient(session)
}

// dial opens the connection, encrypted already where the server wants it so.
func (s *Surface) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if s.server.kind == implicitTLS {
		dialer := tls.Dialer{Config: s.tls()}
		return dialer.DialContext(ctx, network, address)
	}
	var dialer net.Dialer
	return dialer.DialContext(ctx, network, address)
}

func (s *Surface) tls() *tls.Config {
	return &tls.Config{ServerName: s.server.host, RootCAs: s.roots, MinVersion: tls.VersionTLS12}
}

// connectError is a failure before any message was handed in.
type connectError struct{ error }

func (e connectError) Unwrap() error { return e.error }

// refused makes a *bot.SendError of an error. Permanent is only what the server finally refuses about this message, with a code
// of 500 or more (https://www.rfc-editor.org/rfc/rfc5321#section-4.2.1). What goes wrong before that, a password that is no
// longer right for instance, concerns every message alike and ends when somebody mends it.
func refused(err error) *bot.SendError {
	if e, ok := errors.AsType[*gomail.SendError](err); ok && e.ErrorCode() != 0 {
		return &bot.SendError{Code: fmt.Sprintf("smtp_%d", e.ErrorCode()), Permanent: e.ErrorCode() >= 500, Err: err}
	}
	return &bot.SendError{Code: connectCode(err), Err: err}
}

// connectCode tells why the server could not be spoken to.
func connectCode(err error) string {
	if e, ok := errors.AsType[*textproto.Error](err); ok {
		return fmt.Sprintf("smtp_%d", e.Code)
	}
	var network net.Error
	isNetwork := errors.As(err, &network)
	_, badCertificate := errors.AsType[*tls.CertificateVerificationError](err)
	_, noTLS := errors.AsType[tls.RecordHeaderError](err)
	switch {
	case errors.Is(err, context.Canceled):
		return "cancelled"
	case errors.Is(err, context.DeadlineExceeded), isNetwork && network.Timeout():
		return "timeout"
	case badCertificate, noTLS:
		return "tls"
	case isNetwork, errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return "connection"
	}
	if _, ok := errors.AsType[connectError](err); ok {
		return "not_offered" // the encryption, or a way to sign in
	}
	return "connection"
}

// ascii tells whether an address needs no extension.
func ascii(address string) bool {
	return strings.IndexFunc(address, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}
