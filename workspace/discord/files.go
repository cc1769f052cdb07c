package discord

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// file is a file of a multipart body.
type file struct {
	index       string // n in files[n]
	name        string
	contentType string
	content     []byte
}

// filePart is the name of a part with a file.
var filePart = regexp.MustCompile(`^files\[(\d+)\]$`)

// readMultipart reads payload_json and files[n]. https://discord.com/developers/docs/reference#uploading-files
func (c *call) readMultipart() error {
	parts, err := c.r.MultipartReader()
	if err != nil {
		return malformedBody()
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return entityTooLarge()
		}
		if err != nil {
			return malformedBody()
		}
		if part.FormName() == "payload_json" {
			if err := c.readJSON(part); err != nil {
				return err
			}
			continue
		}
		name := filePart.FindStringSubmatch(part.FormName())
		if name == nil || part.FileName() == "" {
			return invalidForm(part.FormName(), "FORM_PART_UNKNOWN", "Parts are payload_json and files[n] with a file name")
		}
		content, err := io.ReadAll(io.LimitReader(part, maxFileBytes+1))
		switch _, large := errors.AsType[*http.MaxBytesError](err); {
		case large || len(content) > maxFileBytes:
			return entityTooLarge()
		case err != nil:
			return malformedBody()
		}
		c.files = append(c.files, file{name[1], part.FileName(), part.Header.Get("Content-Type"), content})
	}
	if c.body == nil {
		c.body = object{}
	}
	if len(c.files) > maxAttachments {
		return refuse(http.StatusBadRequest, 30015, "Maximum number of attachments in a message reached ("+strconv.Itoa(maxAttachments)+")")
	}
	return nil
}

// keep makes an attachment of a file; the lock is held.
func (w *Workspace) keep(channel, name, contentType string, content []byte, private bool) *Attachment {
	contentType = cmp.Or(contentType, mime.TypeByExtension(path.Ext(name)), "application/octet-stream")
	a := &Attachment{
		ID: w.snowflake(), Name: fileName(name), ContentType: contentType, Size: int64(len(content)), Channel: channel,
		content: content, private: private,
	}
	if a.Name != name {
		a.title = strings.TrimSuffix(name, path.Ext(name))
	}
	w.attachments[a.ID] = a
	return a
}

// fileName is how the platform keeps a file's name: spaces become underscores, and what is not a letter, a digit, a dot, a
// hyphen or an underscore goes. The name as it was is kept as the title.
// https://discord.com/developers/docs/resources/message#attachment-object
func fileName(name string) string {
	kept := strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '_'
		case unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("._-", r):
			return r
		}
		return -1
	}, path.Base(strings.ReplaceAll(name, `\`, "/")))
	return cmp.Or(strings.Trim(kept, "."), "unknown")
}

// attachmentPath is where a file lies: files handed in with an interaction apart from those on messages.
func attachmentPath(a *Attachment) string {
	folder := "attachments"
	if a.private {
		folder = "ephemeral-attachments"
	}
	return folder + "/" + a.Channel + "/" + a.ID + "/" + url.PathEscape(a.Name)
}

// attachmentQuery signs a link to a file, which then works for a while.
// https://discord.com/developers/docs/reference#signed-attachment-cdn-urls. The lock is held.
func (w *Workspace) attachmentQuery(a *Attachment) string {
	issued := w.now()
	ex, is := strconv.FormatInt(issued.Add(linkLives).Unix(), 16), strconv.FormatInt(issued.Unix(), 16)
	return "ex=" + ex + "&is=" + is + "&hm=" + w.linkSignature(a.ID, ex, is) + "&"
}

func (w *Workspace) linkSignature(id, ex, is string) string {
	mac := hmac.New(sha256.New, w.key.Seed())
	mac.Write([]byte(id + " " + ex + " " + is))
	return hex.EncodeToString(mac.Sum(nil))
}

// attachmentURL is a signed link to a file; the lock is held.
func (w *Workspace) attachmentURL(a *Attachment) string {
	return w.address("http") + "/" + attachmentPath(a) + "?" + w.attachmentQuery(a)
}

// attachmentObject is a file as payloads have it; the lock is held.
func (w *Workspace) attachmentObject(a *Attachment) object {
	link := w.attachmentURL(a)
	o := object{
		"id": a.ID, "filename": a.Name, "size": a.Size, "url": link, "proxy_url": link, "content_type": a.ContentType,
	}
	if a.title != "" {
		o["title"] = a.title
	}
	if a.Description != "" {
		o["description"] = a.Description
	}
	if a.private {
		o["ephemeral"] = true
	}
	return o
}

// serveAttachment serves a file to whoever has a link that is signed and has not expired, as the platform's CDN does.
func (w *Workspace) serveAttachment(rw http.ResponseWriter, r *http.Request) {
	id, query := r.PathValue("attachment"), r.URL.Query()
	ex, is := query.Get("ex"), query.Get("is")
	until, err := strconv.ParseInt(ex, 16, 64)
	w.mu.Lock()
	a := w.attachments[id]
	valid := err == nil && a != nil && a.Channel == r.PathValue("channel") && a.Name == r.PathValue("name") &&
		w.now().Before(time.Unix(until, 0)) && hmac.Equal([]byte(query.Get("hm")), []byte(w.linkSignature(id, ex, is)))
	w.mu.Unlock()
	if !valid {
		http.Error(rw, "This content is no longer available.", http.StatusNotFound)
		return
	}
	// Told to be downloaded: what people upload is never shown as a page of this server's own.
	rw.Header().Set("Content-Type", a.ContentType)
	rw.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.Name}))
	rw.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = rw.Write(a.content) // the caller may be gone; there is nobody to tell
}
