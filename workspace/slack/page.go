package slack

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"time"
)

//go:embed page
var pageFiles embed.FS

// contentPolicy lets the page load from its own origin only, and be framed by it only.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

// keepAlive is how often a silent event stream is written to, so that proxies and the browser keep it.
const keepAlive = 15 * time.Second

// routePage adds the page and its own API. Who is acting is an argument: the page is for trying things out as different
// people, and its caller binds it to the loopback. Every address in it is relative, so that it works under any path. Posts from
// other origins are refused.
func (w *Workspace) routePage() {
	static, err := fs.Sub(pageFiles, "page")
	if err != nil {
		panic(fmt.Errorf("opening the embedded page: %w", err)) // the folder is part of the program
	}
	files := http.FileServerFS(static)
	page := http.NewServeMux()
	page.Handle("GET /{$}", files)
	page.Handle("GET /page/app.js", http.StripPrefix("/page", files))
	page.Handle("GET /page/render.js", http.StripPrefix("/page", files))
	page.Handle("GET /page/app.css", http.StripPrefix("/page", files))
	page.HandleFunc("GET /page/state", w.pageState)
	page.HandleFunc("GET /page/events", w.pageEvents)
	page.HandleFunc("GET /page/files/{id}", w.pageFile)
	page.HandleFunc("POST /page/upload", w.pageUpload)
	page.HandleFunc("POST /page/do/{action}", w.pageDo)
	page.HandleFunc("GET /archives/{channel}/{message}", func(rw http.ResponseWriter, r *http.Request) {
		http.Redirect(rw, r, w.opt.Path+"/#"+r.PathValue("channel"), http.StatusFound)
	})
	guarded := http.NewCrossOriginProtection().Handler(page)
	w.mux.HandleFunc("/", func(rw http.ResponseWriter, r *http.Request) {
		h := rw.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		guarded.ServeHTTP(rw, r)
	})
}

func writeJSON(rw http.ResponseWriter, status int, v any) {
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	rw.WriteHeader(status)
	_, _ = rw.Write(encode(v)) // the page may be gone; there is nobody to tell
}

// pageState answers everything one person sees with a conversation open. Reading it does not mark anything as read.
func (w *Workspace) pageState(rw http.ResponseWriter, r *http.Request) {
	writeJSON(rw, http.StatusOK, w.stateFor(r.URL.Query().Get("user"), r.URL.Query().Get("channel")))
}

// stateFor returns the state encoded, as what it holds may go on changing.
func (w *Workspace) stateFor(me, open string) json.RawMessage {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.users[me] == nil && len(w.people) > 0 {
		me = w.people[0]
	}
	people := []object{}
	for _, id := range w.people {
		u := w.users[id]
		if u.Bot || u.Deleted {
			continue
		}
		waiting := 0
		for _, channel := range w.order {
			if ch := w.channels[channel]; w.has(ch, id) && !ch.Archived {
				waiting += w.unread(ch, id)
			}
		}
		people = append(people, object{"id": id, "name": u.RealName, "handle": u.Name, "title": u.Title, "unread": waiting})
	}
	conversations := []object{}
	for _, id := range w.order {
		ch := w.channels[id]
		if !w.has(ch, me) || ch.Archived {
			continue
		}
		conversations = append(conversations, object{
			"id": id, "name": ch.Name, "topic": ch.Topic, "private": ch.Private, "im": ch.IM != "", "unread": w.unread(ch, me),
			"members": len(w.members(ch)),
		})
	}
	state := object{
		"revision": w.revision, "workspace": w.opt.Name, "bot": w.opt.BotName, "bot_id": BotUserID, "me": me, "people": people,
		"conversations": conversations, "command": object{"name": w.opt.Command.Name, "description": w.opt.Command.Description,
			"usage": w.opt.Command.Usage},
		"shortcuts": w.pageShortcuts(), "messages": []object{}, "modals": []object{}, "home": nil, "online": w.online(),
	}
	names := object{}
	for id, u := range w.users {
		names[id] = u.RealName
	}
	state["names"] = names
	if ch := w.channels[open]; ch != nil && w.has(ch, me) {
		state["messages"] = w.pageMessages(ch, me)
	}
	modals := []object{}
	for _, v := range w.modals[me] {
		modals = append(modals, w.pageView(v))
	}
	state["modals"] = modals
	if v := w.homes[me]; v != nil {
		state["home"] = w.pageView(v)
	}
	return encode(state)
}

func (w *Workspace) online() bool { return len(w.sockets) > 0 || w.opt.CommandsURL != "" }

func (w *Workspace) pageShortcuts() []object {
	list := make([]object, len(w.opt.Shortcuts))
	for i, s := range w.opt.Shortcuts {
		list[i] = object{"id": s.CallbackID, "name": s.Name}
	}
	return list
}

func (w *Workspace) pageView(v *view) object {
	o := w.viewObject(v)
	o["errors"], o["busy"] = v.errors, v.busy
	return o
}

// unread counts the messages from others that a user has not had before them.
func (w *Workspace) unread(ch *Channel, user string) int {
	upTo, count := w.read[user+" "+ch.ID], 0
	list := w.messages[ch.ID]
	for i := len(list) - 1; i >= 0 && list[i].TS > upTo; i-- {
		if m := list[i]; m.User != user && (m.Ephemeral == "" || m.Ephemeral == user) {
			count++
		}
	}
	return count
}

// shownMessages is how far back the page shows a conversation.
const shownMessages = 200

func (w *Workspace) pageMessages(ch *Channel, me string) []object {
	list := w.messages[ch.ID]
	if len(list) > shownMessages {
		list = list[len(list)-shownMessages:]
	}
	shown := make([]object, 0, len(list))
	for _, m := range list {
		if m.Ephemeral != "" && m.Ephemeral != me {
			continue
		}
		o := w.messageObject(m)
		o["ephemeral"], o["failed"] = m.Ephemeral != "", m.Error
		o["app"] = m.BotID != "" || m.User == platformUser
		if u := w.users[m.User]; u != nil {
			o["name"] = u.RealName
		}
		shown = append(shown, o)
	}
	return shown
}

// pageEvents tells the page that something changed; it then asks for the state anew.
func (w *Workspace) pageEvents(rw http.ResponseWriter, r *http.Request) {
	rw.Header().Set("Content-Type", "text/event-stream")
	stream := http.NewResponseController(rw)
	alive := time.NewTicker(keepAlive)
	defer alive.Stop()
	for {
		w.mu.Lock()
		changed, revision := w.changed, w.revision
		w.mu.Unlock()
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
		case <-w.done:
			return
		}
	}
}

func (w *Workspace) pageFile(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	f := w.files[r.PathValue("id")]
	w.mu.Unlock()
	if f == nil || !f.complete {
		http.NotFound(rw, r)
		return
	}
	sendFile(rw, f)
}

func (w *Workspace) pageUpload(rw http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(rw, r.Body, maxFile)
	part, header, err := r.FormFile("file")
	if err != nil {
		writeJSON(rw, http.StatusBadRequest, object{"error": "Filen gick inte att ta emot. Den får vara högst 32 MB."})
		return
	}
	defer part.Close()
	data, err := io.ReadAll(part)
	if err != nil {
		writeJSON(rw, http.StatusBadRequest, object{"error": "Filen gick inte att läsa."})
		return
	}
	f := w.Upload(r.FormValue("user"), header.Filename, data)
	writeJSON(rw, http.StatusOK, object{"id": f.ID, "name": f.Name, "size": f.Size})
}

// deed is what the page asks to have done.
type deed struct {
	User     string         `json:"user"`
	Channel  string         `json:"channel"`
	TS       string         `json:"ts"`
	Text     string         `json:"text"`
	View     string         `json:"view"`
	Block    string         `json:"block"`
	Action   string         `json:"action"`
	Callback string         `json:"callback"`
	Value    any            `json:"value"`
	Values   map[string]any `json:"values"`
	Entered  bool           `json:"entered"`
	All      bool           `json:"all"`
}

// pageDo does one thing as a person. A failure that the person should read comes back as {"error": text}.
func (w *Workspace) pageDo(rw http.ResponseWriter, r *http.Request) {
	decoder := json.NewDecoder(http.MaxBytesReader(rw, r.Body, maxRequest))
	decoder.UseNumber()
	var d deed
	if err := decoder.Decode(&d); err != nil {
		writeJSON(rw, http.StatusBadRequest, object{"error": "Begäran gick inte att läsa."})
		return
	}
	result, err := w.do(r.Context(), r.PathValue("action"), d)
	var told *PersonError
	switch {
	case err == nil:
		writeJSON(rw, http.StatusOK, result)
	case errors.As(err, &told):
		// Not an HTTP error: the person's client did its part.
		writeJSON(rw, http.StatusOK, object{"error": w.opt.BotName + ": " + told.Text, "code": told.Code})
	default:
		w.log.Info("the page asked for something impossible", "error", err)
		writeJSON(rw, http.StatusConflict, object{"error": "Det gick inte: det du ser är inte längre aktuellt."})
	}
}

func (w *Workspace) do(ctx context.Context, action string, d deed) (object, error) {
	done := object{}
	var err error
	switch action {
	case "say":
		if words, is := strings.CutPrefix(d.Text, w.opt.Command.Name); is && (words == "" || words[0] == ' ') {
			_, err = w.Command(ctx, d.User, d.Channel, words)
			break
		}
		_, err = w.Say(d.User, d.Channel, d.Text)
	case "press":
		_, err = w.actOn(ctx, d.User, d.Channel, d.TS, w.blocksAsSeen(d), d.Block, d.Action, d.Value)
	case "use":
		if !w.isOpen(d.User, d.View) {
			break // sent or closed before what was typed in it at last was told
		}
		_, err = w.actInView(ctx, d.User, d.View, d.Block, d.Action, d.Value, d.Entered)
	case "submit":
		_, err = w.SubmitView(ctx, d.User, d.View, d.Values)
	case "close":
		if d.All {
			err = w.CloseAll(ctx, d.User)
		} else {
			err = w.CloseView(ctx, d.User, d.View)
		}
	case "options":
		var found []Option
		found, err = w.TypeOption(ctx, d.User, d.View, d.Block, d.Text)
		if _, failed := errors.AsType[*PersonError](err); !failed {
			err = nil // otherwise the field is gone: the dialog was sent before the search began
		}
		options := make([]object, len(found))
		for i, o := range found {
			options[i] = object{"value": o.Value, "text": o.Text}
		}
		done["options"] = options
	case "shortcut":
		_, err = w.Shortcut(ctx, d.User, d.Channel, d.TS, d.Callback)
	case "home":
		w.OpenHome(d.User)
	case "read":
		w.markRead(d.User, d.Channel)
	default:
		err = fmt.Errorf("no such action: %q", action)
	}
	return done, err
}

// isOpen tells whether a person has a view before them, or as the app's home page.
func (w *Workspace) isOpen(user, view string) bool {
	home := w.Home(user)
	return home != nil && home.ID == view || slices.ContainsFunc(w.Views(user), func(v View) bool { return v.ID == view })
}

// blocksAsSeen are the blocks of a message as the person saw them who used something in it: those of now, or those before the edit that
// came while their finger was on its way. What they saw is what the app is told of.
func (w *Workspace) blocksAsSeen(d deed) json.RawMessage {
	w.mu.Lock()
	defer w.mu.Unlock()
	m := w.message(d.Channel, d.TS)
	if m == nil {
		return nil
	}
	for _, raw := range slices.Backward(append(slices.Clone(m.former), m.Blocks)) {
		if _, e := elementIn(raw, d.Block, d.Action); e != nil {
			return raw
		}
	}
	return m.Blocks
}

// markRead notes that a user has a conversation before them.
func (w *Workspace) markRead(user, channel string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := w.messages[channel]
	if len(list) == 0 || w.read[user+" "+channel] >= list[len(list)-1].TS {
		return
	}
	w.read[user+" "+channel] = list[len(list)-1].TS
	w.touch()
}
