package slack

import (
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxFile bounds a file: everything is held in memory here, while the platform takes up to 1 GB.
const maxFile = 32 << 20

// fileObject is a file as the API shows it. https://docs.slack.dev/reference/objects/file-object
func (w *Workspace) fileObject(f *File, base string) object {
	address := base + "/files/" + f.ID + "/" + url.PathEscape(f.Name)
	return object{
		"id": f.ID, "created": f.Created.Unix(), "timestamp": f.Created.Unix(), "name": f.Name, "title": f.Name,
		"mimetype": f.Mimetype, "filetype": strings.TrimPrefix(path.Ext(f.Name), "."), "user": f.User, "size": f.Size,
		"mode": "hosted", "is_external": false, "is_public": false, "url_private": address, "url_private_download": address,
		"user_team": TeamID, "editable": false,
	}
}

// addFile keeps a file; the lock is held.
func (w *Workspace) addFile(user, name string, content []byte, complete bool) *File {
	f := &File{ID: w.id("F"), Name: name, User: user, Size: int64(len(content)), Created: w.now(), content: content, complete: complete}
	if f.Mimetype = mime.TypeByExtension(path.Ext(name)); f.Mimetype == "" {
		f.Mimetype = "application/octet-stream"
	}
	w.files[f.ID] = f
	return f
}

func (c *call) fileInfo() (object, error) {
	f := c.w.files[c.args.str("file")]
	if f == nil || !f.complete {
		return nil, refuse("file_not_found")
	}
	return object{"file": c.w.fileObject(f, c.base())}, nil
}

// maxAlt is how many characters the description of a picture may have: https://docs.slack.dev/reference/methods/files.getUploadURLExternal
const maxAlt = 1000

func (c *call) uploadURL() (object, error) {
	name := c.args.str("filename")
	length, err := strconv.ParseInt(c.args.str("length"), 10, 64)
	switch {
	case name == "":
		return nil, refuse("invalid_arguments")
	case err != nil || length <= 0:
		return nil, refuse("invalid_arguments")
	case length > maxFile:
		return nil, refuse("file_upload_size_restricted")
	}
	if utf8.RuneCountInString(c.args.str("alt_txt")) > maxAlt {
		return nil, refuse("alt_txt_too_large")
	}
	f := c.w.addFile(BotUserID, name, nil, false)
	f.Size = length
	return object{"upload_url": c.base() + "/upload/" + f.ID, "file_id": f.ID}, nil
}

func (w *Workspace) serveUpload(rw http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(rw, r.Body, maxFile)
	var content []byte
	var err error
	if part, _, formErr := r.FormFile("file"); formErr == nil {
		content, err = io.ReadAll(part)
	} else {
		content, err = io.ReadAll(r.Body)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	f := w.files[r.PathValue("id")]
	if err != nil || f == nil || f.complete || int64(len(content)) != f.Size {
		http.Error(rw, "upload refused: unknown, already complete or of another length", http.StatusBadRequest)
		return
	}
	f.content = content
	_, _ = rw.Write([]byte("OK - " + strconv.Itoa(len(content))))
}

func (c *call) completeUpload() (object, error) {
	raw, err := c.args.json("files")
	list, isList := raw.([]any)
	if err != nil || !isList || len(list) == 0 {
		return nil, refuse("invalid_arguments")
	}
	var files []*File
	for _, item := range list {
		o, _ := item.(object)
		id, _ := o["id"].(string)
		f := c.w.files[id]
		if f == nil || f.content == nil || f.complete {
			return nil, refuse("file_not_found")
		}
		if title, _ := o["title"].(string); title != "" {
			f.Name = title
		}
		files = append(files, f)
	}
	shown := make([]object, len(files))
	for i, f := range files {
		f.complete = true
		shown[i] = c.w.fileObject(f, c.base())
	}
	if id := c.args.str("channel_id"); id != "" {
		ch := c.w.channels[id]
		if ch == nil || !ch.BotIsMember {
			return nil, refuse("channel_not_found")
		}
		m := c.w.post(id, BotUserID, content{text: c.args.str("initial_comment")})
		for _, f := range files {
			m.Files = append(m.Files, *f)
		}
	}
	return object{"files": shown}, nil
}

// serveFile gives a file to the app with its token. https://docs.slack.dev/messaging/working-with-files
func (w *Workspace) serveFile(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	f := w.files[r.PathValue("id")]
	allowed := (&call{w: w}).need("files:read") == nil && r.Header.Get("Authorization") == "Bearer "+w.opt.BotToken
	w.mu.Unlock()
	switch {
	case !allowed:
		http.Redirect(rw, r, w.opt.Path+"/", http.StatusFound) // the platform sends whoever lacks the right to its sign-in page
	case f == nil || !f.complete:
		http.NotFound(rw, r)
	default:
		sendFile(rw, f)
	}
}

// sendFile writes a file as a download, so that nothing uploaded ever runs in the page's origin.
func sendFile(rw http.ResponseWriter, f *File) {
	h := rw.Header()
	h.Set("Content-Type", f.Mimetype)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	h.Set("X-Content-Type-Options", "nosniff")
	_, _ = rw.Write(f.content)
}
