package discord

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"time"
)

//go:embed page
var pageFiles embed.FS

// contentPolicy lets the page load from its own origin only, and be framed by it only.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

// keepAlive is how often a silent event stream is written to, so that proxies and the browser keep it.
const keepAlive = 15 * time.Second

// window is the page with its own API. Who is acting is an argument: the page is for trying things out as different people,
// and its caller binds it to the loopback. Every address in it is relative, so that it works under any path.
type window struct {
	*Workspace
	read map[string]string // per user and channel: id of the latest message they have had before them; mu guards it
}

// routePage adds the page. Posts from other origins are refused.
func (w *Workspace) routePage() {
	static, err := fs.Sub(pageFiles, "page")
	if err != nil {
		panic(fmt.Errorf("opening the embedded page: %w", err)) // the folder is part of the program
	}
	v := &window{w, map[string]string{}}
	files := http.FileServerFS(static)
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", files)
	mux.Handle("GET /page/{file}", http.StripPrefix("/page", files))
	mux.HandleFunc("GET /page/state", v.serveState)
	mux.HandleFunc("GET /page/events", v.serveEvents)
	mux.HandleFunc("POST /page/do/{action}", v.serveDeed)
	guarded := http.NewCrossOriginProtection().Handler(mux)
	w.mux.HandleFunc("/", func(rw http.ResponseWriter, r *http.Request) {
		h := rw.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		guarded.ServeHTTP(rw, r)
	})
}

func answerPage(rw http.ResponseWriter, status int, v any) {
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	rw.WriteHeader(status)
	_, _ = rw.Write(encode(v)) // the page may be gone; there is nobody to tell
}

// serveState answers everything one person sees with a conversation open. Reading it does not mark anything as read.
func (v *window) serveState(rw http.ResponseWriter, r *http.Request) {
	answerPage(rw, http.StatusOK, v.stateFor(r.URL.Query().Get("user"), r.URL.Query().Get("channel")))
}

// serveEvents tells the page that something changed; it then asks for the state anew.
func (v *window) serveEvents(rw http.ResponseWriter, r *http.Request) {
	rw.Header().Set("Content-Type", "text/event-stream")
	stream := http.NewResponseController(rw)
	alive := time.NewTicker(keepAlive)
	defer alive.Stop()
	for {
		v.mu.Lock()
		changed, revision := v.changed, v.revision
		v.mu.Unlock()
		if _, err := fmt.Fprintf(rw, "data: %d\n\n", revision); err != nil {
			return
		}
		if err := stream.Flush(); err != nil {
			return
		}
		select {
		case <-changed:
		case <-alive.C:
		case <-r.Context().Done():
			return
		case <-v.done:
			return
		}
	}
}

// deed is what the page asks to have done.
type deed struct {
	User       string              `json:"user"`
	Channel    string              `json:"channel"`
	Message    string              `json:"message"`
	Modal      string              `json:"modal"`
	CustomID   string              `json:"custom_id"`
	Name       string              `json:"name"`
	Subcommand string              `json:"subcommand"`
	Options    map[string]string   `json:"options"`
	Focused    string              `json:"focused"`
	Text       string              `json:"text"`
	Choices    []string            `json:"choices"`
	Values     map[string][]string `json:"values"`
	On         bool                `json:"on"`

	files []Upload
}

// serveDeed does one thing as a person. What the person should know of how it went comes back as a code: "failed" when the
// app did not do its part, "stale" when it could not be done, and fields with what the client says of them.
func (v *window) serveDeed(rw http.ResponseWriter, r *http.Request) {
	d, err := readDeed(rw, r)
	if err != nil {
		answerPage(rw, http.StatusBadRequest, object{"code": "stale"})
		return
	}
	result, err := v.do(r.Context(), r.PathValue("action"), d)
	var app *PersonError
	var fields *FieldErrors
	switch {
	case err == nil:
		answerPage(rw, http.StatusOK, result)
	case errors.As(err, &fields):
		answerPage(rw, http.StatusOK, object{"fields": fields.ByCustomID})
	case errors.As(err, &app): // not an HTTP error: the person's client did its part
		v.log.Info("the app did not do its part", "error", err)
		answerPage(rw, http.StatusOK, object{"code": "failed"})
	default:
		v.log.Info("the page asked for something impossible", "error", err)
		answerPage(rw, http.StatusConflict, object{"code": "stale"})
	}
}

// readDeed reads a form with the deed as JSON, and files named by the components they were chosen in.
func readDeed(rw http.ResponseWriter, r *http.Request) (deed, error) {
	var d deed
	r.Body = http.MaxBytesReader(rw, r.Body, maxUploads*maxFileBytes+maxFileBytes)
	if err := r.ParseMultipartForm(maxFileBytes); err != nil {
		return d, fmt.Errorf("reading the form: %w", err)
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }() // temporary files of large uploads; the system removes what is left
	if err := json.Unmarshal([]byte(r.FormValue("deed")), &d); err != nil {
		return d, fmt.Errorf("reading the deed: %w", err)
	}
	for component, headers := range r.MultipartForm.File {
		for _, header := range headers {
			content, err := readPart(header)
			if err != nil {
				return d, fmt.Errorf("reading the file %q: %w", header.Filename, err)
			}
			d.files = append(d.files, Upload{component, header.Filename, header.Header.Get("Content-Type"), content})
		}
	}
	return d, nil
}

func readPart(header *multipart.FileHeader) ([]byte, error) {
	part, err := header.Open()
	if err != nil {
		return nil, err
	}
	defer part.Close()
	return io.ReadAll(part)
}

func (v *window) do(ctx context.Context, action string, d deed) (object, error) {
	done := object{}
	var err error
	switch action {
	case "say":
		_, err = v.Say(d.User, d.Channel, d.Text)
	case "command":
		_, err = v.Command(ctx, d.User, d.Channel, d.Name, d.Subcommand, d.Options)
	case "autocomplete":
		var found []Choice
		found, err = v.Autocomplete(ctx, d.User, d.Channel, d.Name, d.Subcommand, d.Options, d.Focused)
		choices := make([]object, len(found))
		for i, c := range found {
			choices[i] = object{"name": c.Name, "value": c.Value}
		}
		done["choices"] = choices
	case "use":
		_, err = v.MessageCommand(ctx, d.User, d.Channel, d.Message, d.Name)
	case "press":
		_, err = v.Press(ctx, d.User, d.Message, d.CustomID)
	case "select":
		_, err = v.Select(ctx, d.User, d.Message, d.CustomID, d.Choices...)
	case "submit":
		_, err = v.SubmitModal(ctx, d.User, d.Modal, d.Values, d.files...)
	case "close":
		err = v.CloseModal(d.User, d.Modal)
	case "dismiss":
		err = v.Dismiss(d.User, d.Message)
	case "takes-direct":
		v.AcceptDirectMessages(d.User, d.On)
	case "read":
		v.markRead(d.User, d.Channel)
	default:
		err = fmt.Errorf("no such action: %q", action)
	}
	return done, err
}

// markRead notes that a user has a conversation before them.
func (v *window) markRead(user, channel string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	list := v.messages[channel]
	if len(list) == 0 || compareIDs(v.read[user+" "+channel], list[len(list)-1].ID) >= 0 {
		return
	}
	v.read[user+" "+channel] = list[len(list)-1].ID
	v.touch()
}
