package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tyreso.se/incidentbot/bot"
)

// fileTimeout is how long sending or downloading a file may take.
const fileTimeout = time.Minute

// SendFile implements bot.Surface: https://discord.com/developers/docs/reference#uploading-files
func (s *Surface) SendFile(ctx context.Context, to bot.Address, name, alt string, content []byte) error {
	channel, err := s.conversation(ctx, to)
	if err != nil {
		return err
	}
	if len(content) == 0 { // Discord takes none
		return &bot.SendError{Code: "file_empty", Permanent: true}
	}
	form, formType, err := fileForm(name, alt, content)
	if err != nil {
		return &bot.SendError{Code: "undrawable", Permanent: true, Err: err}
	}
	return s.do(ctx, call{
		method: http.MethodPost, route: routeCreateMessage, major: channel, path: messagesOf(channel),
		form: form, formType: formType, within: fileTimeout,
	}, nil)
}

func fileForm(name, alt string, content []byte) (form []byte, formType string, err error) {
	file := map[string]any{"id": 0, "filename": name}
	if alt != "" { // https://discord.com/developers/docs/resources/message#attachment-object
		file["description"] = cut(alt, maxAlt)
	}
	about, err := json.Marshal(map[string]any{"allowed_mentions": quiet(), "attachments": []map[string]any{file}})
	if err != nil {
		return nil, "", fmt.Errorf("encoding a message: %w", err)
	}
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	if err := w.WriteField("payload_json", string(about)); err != nil {
		return nil, "", fmt.Errorf("writing a form: %w", err)
	}
	part, err := w.CreateFormFile("files[0]", name)
	if err != nil {
		return nil, "", fmt.Errorf("writing a form: %w", err)
	}
	if _, err := part.Write(content); err != nil {
		return nil, "", fmt.Errorf("writing a form: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, "", fmt.Errorf("writing a form: %w", err)
	}
	return body.Bytes(), w.FormDataContentType(), nil
}

// Fetch implements bot.Surface. An attachment's ID is its address, which is signed and good for a day
// (https://discord.com/developers/docs/reference#signed-attachment-cdn-urls); so no token is sent, and none but Discord's own
// hosts are asked. A file over limit is refused for good.
func (s *Surface) Fetch(ctx context.Context, file bot.File, limit int64) ([]byte, error) {
	address, err := url.Parse(file.ID)
	if err != nil || !s.mayFetch(address) {
		return nil, &bot.SendError{Code: "foreign_file_address", Permanent: true}
	}
	ctx, cancel := context.WithTimeout(ctx, fileTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return nil, &bot.SendError{Code: "foreign_file_address", Permanent: true}
	}
	req.Header.Set("User-Agent", userAgent)
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, interrupted(err)
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		return nil, &bot.SendError{Code: "rate_limit", Wait: max(seconds(resp.Header.Get("Retry-After")), rateLimitWait)}
	case resp.StatusCode >= http.StatusInternalServerError:
		return nil, &bot.SendError{Code: fmt.Sprintf("http_%d", resp.StatusCode)}
	case resp.StatusCode != http.StatusOK: // gone, or the address is too old
		return nil, &bot.SendError{Code: "file_not_readable", Permanent: true}
	case resp.ContentLength > limit:
		return nil, &bot.SendError{Code: "file_too_large", Permanent: true}
	}
	content, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, interrupted(err)
	}
	if int64(len(content)) > limit {
		return nil, &bot.SendError{Code: "file_too_large", Permanent: true}
	}
	return content, nil
}

// mayFetch tells whether u is where attachments are: Discord's CDN, or the host of an API that is not Discord's.
func (s *Surface) mayFetch(u *url.URL) bool {
	if u.User != nil {
		return false
	}
	if u.Scheme == s.api.Scheme && u.Host == s.api.Host {
		return true
	}
	host := strings.ToLower(u.Host)
	return u.Scheme == "https" && (host == "cdn.discordapp.com" || host == "media.discordapp.net")
}
