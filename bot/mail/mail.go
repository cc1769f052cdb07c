// Package mail is the surface that sends messages as plain-text e-mail over SMTP. It takes no requests and posts in no channels:
// it is for the few messages that must reach a person outside the chats, such as the code that links an account.
package mail

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	netmail "net/mail"
	"net/url"
	"strconv"
	"time"

	"tyreso.se/incidentbot/bot"
)

// Name is the surface's name in addresses.
const Name = "mail"

// Options are what New needs to know.
type Options struct {
	// Server is where mail is handed in: smtp://user:password@host:587 (encrypted by STARTTLS, or not sent),
	// smtps://user:password@host:465 (encrypted from the start) or smtp+insecure://host:25 (in clear text and without a
	// password, for a relay on the same machine or in the own network). User, password and port may be left out.
	Server string
	// From is the sender: "Incidentbot <incident@kommun.example>".
	From string
	// Clock tells the time.
	Clock func() time.Time
	// RootCAs are who is trusted to vouch for the server; nil means the system's.
	RootCAs *x509.CertPool
}

// Surface implements bot.Surface.
type Surface struct {
	server         server
	from           *netmail.Address
	now            func() time.Time
	roots          *x509.CertPool
	user, password string
}

var _ bot.Surface = (*Surface)(nil)

// server is where mail is handed in, and how.
type server struct {
	host string
	port int
	kind encryption
}

type encryption int

const (
	startTLS encryption = iota
	implicitTLS
	clearText
)

// New prepares the surface; it connects to nothing. No error holds the server's address, which may have a password in it.
func New(opts Options) (*Surface, error) {
	from, err := netmail.ParseAddress(opts.From)
	if err != nil {
		return nil, fmt.Errorf("reading the sender's address: %w", err)
	}
	s := &Surface{from: from, now: opts.Clock, roots: opts.RootCAs}
	u, err := url.Parse(opts.Server)
	if err != nil || u.Hostname() == "" {
		return nil, errors.New("reading the mail server's address: it names no server")
	}
	// Submission with STARTTLS, submission with TLS, relaying: https://www.rfc-editor.org/rfc/rfc8314#section-3.3
	switch u.Scheme {
	case "smtp":
		s.server = server{u.Hostname(), 587, startTLS}
	case "smtps":
		s.server = server{u.Hostname(), 465, implicitTLS}
	case "smtp+insecure":
		s.server = server{u.Hostname(), 25, clearText}
	default:
		return nil, fmt.Errorf("reading the mail server's address: unknown scheme %q", u.Scheme)
	}
	if port := u.Port(); port != "" {
		if s.server.port, err = strconv.Atoi(port); err != nil {
			return nil, errors.New("reading the mail server's address: the port is no number")
		}
	}
	s.user = u.User.Username()
	s.password, _ = u.User.Password()
	if s.user != "" && s.server.kind == clearText {
		return nil, errors.New("reading the mail server's address: a password would be sent in clear text")
	}
	return s, nil
}

// Name implements bot.Surface.
func (s *Surface) Name() string { return Name }

// Server is the server's host and port, for telling where mail goes.
func (s *Surface) Server() string { return fmt.Sprintf("%s:%d", s.server.host, s.server.port) }

// errNotSupported answers what mail cannot do.
func errNotSupported() error { return &bot.SendError{Code: "not_supported", Permanent: true} }

// SendFile implements bot.Surface; files are not mailed.
func (s *Surface) SendFile(context.Context, bot.Address, string, string, []byte) error {
	return errNotSupported()
}

// Edit implements bot.Surface; what is mailed cannot be changed.
func (s *Surface) Edit(context.Context, bot.Ref, bot.Message) error { return errNotSupported() }

// Profile implements bot.Surface; an address tells nothing of a person.
func (s *Surface) Profile(context.Context, string) (bot.Profile, error) {
	return bot.Profile{}, errNotSupported()
}

// FindByEmail implements bot.Surface; nobody uses the bot by mail, so nobody is found here.
func (s *Surface) FindByEmail(context.Context, string) (bot.Profile, error) {
	return bot.Profile{}, errNotSupported()
}

// OpenRoom implements bot.Surface; nobody meets by mail.
func (s *Surface) OpenRoom(context.Context, bot.Room) (string, error) { return "", errNotSupported() }

// CloseRoom implements bot.Surface; nobody meets by mail.
func (s *Surface) CloseRoom(context.Context, string) error { return errNotSupported() }

// Fetch implements bot.Surface; no attachments come by mail.
func (s *Surface) Fetch(context.Context, bot.File, int64) ([]byte, error) {
	return nil, errNotSupported()
}
