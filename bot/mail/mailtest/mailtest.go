// Package mailtest is an SMTP server on loopback for the tests of whatever sends mail.
package mailtest

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// Letter is a message as the server took it.
type Letter struct {
	From, To string // of the envelope
	Data     string // with CRLF, dots unstuffed
	TLS      bool
	User     string
}

// Server is an SMTP server on loopback, as strict as RFC 5321 allows: commands out of order, bare line feeds and lines that
// are too long are refused.
type Server struct {
	T        *testing.T
	Roots    *x509.CertPool // who vouches for it
	Implicit bool           // TLS from the start
	NoTLS    bool           // does not offer STARTTLS
	Password string         // "": it asks for none
	// Answer replaces the server's answer to a command ("EHLO", "MAIL", ".", "CONNECT" …); "" leaves it. "drop" closes the connection.
	Answer func(command string) string

	listener net.Listener
	tls      *tls.Config

	mu       sync.Mutex
	letters  []Letter
	wrong    []string // what a client did against the rules
	sessions sync.WaitGroup
}

// Serve starts a server until the test ends; set has the say before it takes connections.
func Serve(t *testing.T, set func(*Server)) *Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{T: t, listener: listener, Answer: func(string) string { return "" }}
	s.tls, s.Roots = Certificate(t)
	if set != nil {
		set(s)
	}
	s.sessions.Go(s.accept)
	t.Cleanup(func() {
		_ = listener.Close()
		s.sessions.Wait()
		for _, w := range s.wrong {
			t.Errorf("against the rules of SMTP: %s", w)
		}
	})
	return s
}

// Certificate makes a certificate for 127.0.0.1 and the pool that trusts it.
func Certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.example"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}, roots
}

// Addr is where it listens, host:port.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Taken are the letters that were handed in.
func (s *Server) Taken() []Letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.letters
}

func (s *Server) complain(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wrong = append(s.wrong, fmt.Sprintf(format, args...))
}

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.sessions.Go(func() {
			defer conn.Close()
			_ = conn.SetDeadline(time.Now().Add(20 * time.Second)) // so that no test hangs
			if s.Implicit {
				conn = tls.Server(conn, s.tls)
			}
			(&session{Server: s, conn: conn, lines: bufio.NewReader(conn), encrypted: s.Implicit}).talk()
		})
	}
}

// session is one connection.
type session struct {
	*Server
	conn            net.Conn
	lines           *bufio.Reader
	encrypted       bool
	greeted, authed bool
	user            string
	from, to        string
}

// say answers a command and tells whether the talk goes on.
func (c *session) say(command, usual string) bool {
	reply := c.Answer(command)
	if reply == "drop" {
		return false
	}
	if reply == "" {
		reply = usual
	}
	_, err := io.WriteString(c.conn, strings.ReplaceAll(reply, "\n", "\r\n")+"\r\n")
	return err == nil
}

func (c *session) line() (string, error) {
	line, err := c.lines.ReadString('\n')
	if err != nil {
		return "", err
	}
	text, ok := strings.CutSuffix(line, "\r\n")
	if !ok || strings.Contains(text, "\r") {
		c.complain("a line ends otherwise than in CR LF: %q", line)
	}
	if len(line) > 1000 { // https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1.6
		c.complain("a line of %d bytes", len(line))
	}
	return text, nil
}

func (c *session) talk() {
	if !c.say("CONNECT", "220 mail.example ESMTP") {
		return
	}
	if first, err := c.lines.Peek(1); err != nil || first[0] == 0x16 { // a TLS handshake, which this server was not asked to take
		return
	}
	for {
		line, err := c.line()
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(line, " ")
		if !c.obey(strings.ToUpper(verb), rest) {
			return
		}
	}
}

func (c *session) obey(verb, rest string) bool {
	usual := "503 not now"
	switch verb {
	case "EHLO":
		c.greeted = true
		usual = "250-mail.example\n250-8BITMIME\n250-SMTPUTF8\n250-ENHANCEDSTATUSCODES"
		if !c.encrypted && !c.NoTLS {
			usual += "\n250-STARTTLS"
		}
		if c.Password != "" && c.encrypted {
			usual += "\n250-AUTH PLAIN LOGIN"
		}
		usual += "\n250 SIZE 1000000"
	case "STARTTLS":
		if !c.greeted || c.encrypted {
			break
		}
		if !c.say(verb, "220 go ahead") {
			return false
		}
		c.conn = tls.Server(c.conn, c.tls)
		c.lines, c.encrypted, c.greeted = bufio.NewReader(c.conn), true, false // https://www.rfc-editor.org/rfc/rfc3207#section-4.2
		return true
	case "AUTH":
		if c.greeted && c.encrypted {
			usual = c.auth(rest)
		}
	case "MAIL":
		if from, ok := strings.CutPrefix(rest, "FROM:"); ok && c.greeted && (c.authed || c.Password == "") {
			c.from, usual = from, "250 ok"
		}
	case "RCPT":
		if to, ok := strings.CutPrefix(rest, "TO:"); ok && c.from != "" {
			c.to, usual = to, "250 ok"
		}
	case "DATA":
		if c.to != "" {
			return c.say(verb, "354 go on") && (c.Answer(verb) != "" || c.data())
		}
	case "RSET":
		c.from, c.to, usual = "", "", "250 ok"
	case "NOOP":
		usual = "250 ok"
	case "QUIT":
		c.say(verb, "221 bye")
		return false
	default:
		usual = "500 what"
	}
	if strings.HasPrefix(usual, "503") {
		c.complain("%s %s out of order", verb, rest)
	}
	return c.say(verb, usual)
}

func (c *session) auth(rest string) string {
	mechanism, encoded, _ := strings.Cut(rest, " ")
	plain, err := base64.StdEncoding.DecodeString(encoded)
	parts := strings.Split(string(plain), "\x00")
	if mechanism != "PLAIN" || err != nil || len(parts) != 3 {
		return "504 only PLAIN"
	}
	c.user, c.authed = parts[1], parts[2] == c.Password
	if !c.authed {
		return "535 5.7.8 no"
	}
	return "235 welcome"
}

func (c *session) data() bool {
	var content strings.Builder
	for {
		line, err := c.line()
		if err != nil {
			return false
		}
		if line == "." {
			break
		}
		content.WriteString(strings.TrimPrefix(line, ".") + "\r\n")
	}
	reply := c.Answer(".")
	if reply == "" || strings.HasPrefix(reply, "2") {
		c.mu.Lock()
		c.letters = append(c.letters, Letter{From: c.from, To: c.to, Data: content.String(), TLS: c.encrypted, User: c.user})
		c.mu.Unlock()
	}
	return c.say(".", "250 taken")
}
