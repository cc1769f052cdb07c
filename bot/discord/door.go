package discord

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/bwmarrin/discordgo"

	"tyreso.se/incidentbot/bot/surface"
)

const (
	// signatureWindow is how far a request's time may lie from ours, either way. Discord asks for the signature to be checked
	// (https://discord.com/developers/docs/interactions/overview#setting-up-an-endpoint-validating-security-request-headers); a
	// signature is good for ever, so that without an age check what was once overheard could be told again.
	signatureWindow = 5 * time.Minute
	// maxBody is more than any interaction: a modal holds five answers of 4,000 characters, and files come as addresses.
	maxBody = 1 << 20

	timestampHeader = "X-Signature-Timestamp"
	signatureHeader = "X-Signature-Ed25519"
)

// Routes returns the HTTP handlers by http.ServeMux pattern; none without a public key. Every one of them refuses with 401, and
// does nothing else, what is not signed by Discord within five minutes of now, or was let in before.
func (s *Surface) Routes() map[string]http.Handler {
	if s.key == nil {
		return nil
	}
	return map[string]http.Handler{"POST /discord/interactions": http.HandlerFunc(s.door)}
}

// door lets in what is signed, and answers with the interaction's first response; what comes after a deferral goes its own way.
func (s *Surface) door(w http.ResponseWriter, r *http.Request) {
	arrived := s.opts.Clock()
	s.work.Start()
	defer s.work.Done()
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		s.refuse(w, r, http.StatusMethodNotAllowed, "method")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		s.refuse(w, r, http.StatusRequestEntityTooLarge, "too_large")
		return
	}
	if err != nil {
		s.refuse(w, r, http.StatusBadRequest, "unreadable")
		return
	}
	mark, signed, reason := s.verify(r.Header, body, arrived)
	if reason == "" && !s.seen.Claim(mark, signed, arrived) {
		reason = "replay"
	}
	if reason != "" {
		s.refuse(w, r, http.StatusUnauthorized, reason)
		return
	}
	ended := s.admit(w, r, body, arrived)
	if ended >= http.StatusMultipleChoices { // what did not end well may be sent again
		s.seen.Forget(mark, signed)
	}
}

// verify checks a request's time and signature. The reason is empty when both hold; mark then tells the request from others, and
// signed is its time.
func (s *Surface) verify(h http.Header, body []byte, now time.Time) (mark surface.Mark, signed int64, reason string) {
	stamp := h.Get(timestampHeader)
	signed, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return mark, 0, "signature"
	}
	// Compared as numbers: a time far off does not fit in a duration.
	if window, off := int64(signatureWindow/time.Second), now.Unix()-signed; off > window || off < -window {
		return mark, 0, "stale"
	}
	signature, err := hex.DecodeString(h.Get(signatureHeader))
	if err != nil || len(signature) != ed25519.SignatureSize {
		return mark, 0, "signature"
	}
	message := append([]byte(stamp), body...)
	if !ed25519.Verify(s.key, message, signature) {
		return mark, 0, "signature"
	}
	return sha256.Sum256(message), signed, ""
}

// admit answers what was let in, and returns the status that it was answered with.
func (s *Surface) admit(w http.ResponseWriter, r *http.Request, body []byte, arrived time.Time) (status int) {
	in, ok := decodeInteraction(body)
	if !ok {
		s.refuse(w, r, http.StatusBadRequest, "malformed")
		return http.StatusBadRequest
	}
	if in.Type == discordgo.InteractionPing {
		// https://discord.com/developers/docs/interactions/overview#setting-up-an-endpoint-acknowledging-ping-requests
		pong := &discordgo.InteractionResponse{Type: discordgo.InteractionResponsePong}
		return s.write(w, r, pong, make(chan error, 1))
	}
	type first struct {
		response *discordgo.InteractionResponse
		written  chan error
	}
	responses, ended := make(chan first), make(chan struct{})
	gone, leave := context.WithCancel(context.Background())
	defer leave()
	respond := func(ctx context.Context, response *discordgo.InteractionResponse) error {
		f := first{response, make(chan error, 1)}
		select {
		case responses <- f:
			return <-f.written
		case <-gone.Done():
			return errAnswered
		case <-ctx.Done():
			return fmt.Errorf("answering an interaction: %w", ctx.Err())
		}
	}
	s.work.Run(func() {
		defer close(ended)
		s.serve(context.WithoutCancel(r.Context()), in, arrived, respond)
	})
	select {
	case f := <-responses:
		return s.write(w, r, f.response, f.written)
	case <-ended: // without a word, which is a fault of ours
		s.refuse(w, r, http.StatusInternalServerError, "unanswered")
		return http.StatusInternalServerError
	}
}

// errAnswered means that an interaction was responded to twice.
var errAnswered = errors.New("the interaction was answered already")

// write writes a response, and tells written how that went. What follows the response goes by calls of its own, and must not
// overtake it.
func (s *Surface) write(w http.ResponseWriter, r *http.Request, response *discordgo.InteractionResponse, written chan<- error) int {
	body, err := json.Marshal(wire(response))
	if err != nil {
		written <- fmt.Errorf("encoding a response: %w", err)
		s.refuse(w, r, http.StatusInternalServerError, "undrawable")
		return http.StatusInternalServerError
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	_, err = w.Write(body)
	if err == nil {
		err = http.NewResponseController(w).Flush()
	}
	if err != nil { // Discord hung up: it shows the person that, and what was saved is saved
		s.log.LogAttrs(r.Context(), slog.LevelWarn, "acknowledgement not delivered", slog.String("path", r.URL.Path))
		err = fmt.Errorf("writing a response: %w", err)
	}
	written <- err
	return http.StatusOK
}

func (s *Surface) refuse(w http.ResponseWriter, r *http.Request, status int, reason string) {
	s.metrics.Refused(reason)
	s.log.LogAttrs(r.Context(), slog.LevelWarn, "request refused", slog.String("path", r.URL.Path), slog.String("reason", reason))
	http.Error(w, http.StatusText(status), status)
}

// received is an interaction as it came over a door.
type received struct {
	*discordgo.Interaction
	lost    int   // components that were left out of it, because we do not know them
	unknown error // why no more of it could be decoded than is needed to answer; nil when all could
}

// decodeInteraction reads https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object. ok tells
// whether it is one at all.
func decodeInteraction(raw []byte) (in received, ok bool) {
	var known struct {
		ID     string                    `json:"id"`
		Type   discordgo.InteractionType `json:"type"`
		Token  string                    `json:"token"`
		Locale discordgo.Locale          `json:"locale"`
	}
	if err := json.Unmarshal(raw, &known); err != nil || known.Type == 0 {
		return received{}, false
	}
	part := &discordgo.Interaction{ID: known.ID, Type: known.Type, Token: known.Token, Locale: known.Locale}
	if known.Type == discordgo.InteractionPing {
		return received{Interaction: part}, true
	}
	if known.ID == "" || known.Token == "" {
		return received{}, false
	}
	whole, lost, err := parseInteraction(raw)
	if err != nil {
		return received{Interaction: part, unknown: err}, true
	}
	return received{Interaction: whole, lost: lost}, true
}

// serve carries an interaction through, from either door, and returns when all that follows from it is done.
func (s *Surface) serve(
	ctx context.Context, in received, arrived time.Time, respond func(context.Context, *discordgo.InteractionResponse) error,
) {
	request := slog.String("request", surface.RequestID(in.ID))
	defer func() {
		if fault := recover(); fault != nil { // one interaction must not end the others
			s.log.LogAttrs(ctx, slog.LevelError, "interaction panicked", request, slog.String("stack", string(debug.Stack())))
		}
	}()
	if in.lost > 0 {
		s.log.LogAttrs(ctx, slog.LevelWarn, "interaction with unknown components", request, slog.Int("left_out", in.lost))
	}
	if in.unknown == nil {
		s.interact(ctx, in.Interaction, arrived, respond)
		return
	}
	s.log.LogAttrs(ctx, slog.LevelError, "interaction not understood", request, slog.Any("error", in.unknown))
	s.metrics.Refused("not_understood")
	if err := respond(ctx, s.notUnderstood(in.Interaction)); err != nil {
		s.log.LogAttrs(ctx, slog.LevelWarn, "acknowledgement not delivered", request)
	}
}

// notUnderstood answers an interaction that could not be decoded.
func (s *Surface) notUnderstood(in *discordgo.Interaction) *discordgo.InteractionResponse {
	if in.Type == discordgo.InteractionApplicationCommandAutocomplete {
		return &discordgo.InteractionResponse{
			Type: discordgo.InteractionApplicationCommandAutocompleteResult, Data: &discordgo.InteractionResponseData{},
		}
	}
	return &discordgo.InteractionResponse{
		Type: discordgo.InteractionResponseChannelMessageWithSource,
		Data: &discordgo.InteractionResponseData{
			Content: s.opts.Text(cmp.Or(language(in.Locale), s.opts.DefaultLanguage), "discord.not_understood", nil),
			Flags:   discordgo.MessageFlagsEphemeral,
		},
	}
}
