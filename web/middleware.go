package web

import (
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
)

// requestID is the header that carries a request's id, in from a proxy and back out.
const requestID = "X-Request-Id"

// secured puts on every answer the headers that keep a browser from doing more with it than shown. A page that needs
// more sets its own Content-Security-Policy over this one. Sources: OWASP HTTP Headers Cheat Sheet,
// https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Strict-Transport-Security", "max-age=31536000")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// observed gives every request an id, logs how it went and turns a panic into an answer. The log has the path without its
// query, and never a body: both may hold case facts or tokens.
func (s *Server) observed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := s.options.Now()
		id := r.Header.Get(requestID)
		if !sane(id) {
			id = s.newID()
			r.Header.Set(requestID, id) // handlers read it from here
		}
		w.Header().Set(requestID, id)
		log := s.options.Logger.With("request_id", id)
		rec := &recorder{ResponseWriter: w}
		defer func() {
			p := recover()
			err, _ := p.(error)
			aborted := errors.Is(err, http.ErrAbortHandler)
			if p != nil && !aborted {
				log.Error("panic while answering", "panic", p, "stack", string(debug.Stack()))
			}
			// Half an answer must not be taken for a whole one: the connection is cut instead.
			cut := aborted || p != nil && rec.status != 0
			if p != nil && !cut {
				say(rec, http.StatusInternalServerError, "internal error\n")
			}
			if rec.status == 0 {
				rec.status = http.StatusOK // what net/http sends for a handler that says nothing
			}
			log.LogAttrs(r.Context(), level(r, rec.status), "request",
				slog.String("method", r.Method),
				slog.String("path", r.URL.Path),
				slog.Int("status", rec.status),
				slog.Int64("bytes", rec.bytes),
				slog.Duration("duration", s.options.Now().Sub(began)),
				slog.Bool("cut", cut))
			if cut {
				panic(http.ErrAbortHandler) // net/http's way to cut a connection without a word
			}
		}()
		next.ServeHTTP(rec, r)
	})
}

// level is quiet about what went well, which the metrics count, and about being asked how one fares (what is wrong then has a
// line of its own); loud about own failures.
func level(r *http.Request, status int) slog.Level {
	switch {
	case r.URL.Path == "/healthz" || r.URL.Path == "/readyz" || r.URL.Path == "/metrics" || status < http.StatusBadRequest:
		return slog.LevelDebug
	case status >= http.StatusInternalServerError:
		return slog.LevelError
	}
	return slog.LevelInfo
}

// sane tells whether an id that came from outside can stand in a log: at most 64 letters, digits, hyphens and underscores.
func sane(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	for _, c := range []byte(id) {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// newID returns a random request id. Without randomness it is empty: an id is for finding things in a log, no secret.
func (s *Server) newID() string {
	var b [8]byte
	if _, err := io.ReadFull(s.options.Random, b[:]); err != nil {
		return ""
	}
	return hex.EncodeToString(b[:])
}

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status int // 0: nothing yet
	bytes  int64
}

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) {
	// 1xx are notices before the answer: https://www.rfc-editor.org/rfc/rfc9110#section-15.2
	if r.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err //nolint:wrapcheck // an http.ResponseWriter hands on what the connection says
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
