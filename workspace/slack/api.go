package slack

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// maxRequest bounds the body of an API call.
const maxRequest = 4 << 20

// method is one Web API method.
type method struct {
	scope    string // bot scope needed; "": none, or checked by the method itself
	tier     tier   // zero: the method takes from its buckets itself
	appToken bool   // wants the app-level token
	formOnly bool   // does not read JSON bodies: https://docs.slack.dev/apis/web-api/#methods_supporting_json
	do       func(*call) (object, error)
}

// methods are the methods simulated, with scope and tier as their pages at https://docs.slack.dev/reference/methods give them.
var methods = sync.OnceValue(func() map[string]method {
	return map[string]method{
		"auth.test":                    {tier: perWorkspace(), do: (*call).authTest},
		"apps.connections.open":        {tier: tier1(), appToken: true, do: (*call).connectionsOpen},
		"chat.postMessage":             {scope: "chat:write", do: (*call).postMessage},
		"chat.update":                  {scope: "chat:write", tier: tier3(), do: (*call).updateMessage},
		"chat.postEphemeral":           {scope: "chat:write", tier: tier4(), do: (*call).postEphemeral},
		"chat.delete":                  {scope: "chat:write", tier: tier3(), do: (*call).deleteMessage},
		"chat.getPermalink":            {tier: perWorkspace(), formOnly: true, do: (*call).permalink},
		"conversations.open":           {scope: "im:write", tier: tier3(), do: (*call).openConversation},
		"conversations.info":           {tier: tier3(), formOnly: true, do: (*call).conversationInfo},
		"conversations.history":        {tier: tier3(), formOnly: true, do: (*call).conversationHistory},
		"conversations.list":           {tier: tier2(), formOnly: true, do: (*call).listConversations},
		"conversations.members":        {tier: tier4(), formOnly: true, do: (*call).conversationMembers},
		"conversations.create":         {tier: tier2(), do: (*call).createConversation},
		"conversations.invite":         {tier: tier3(), do: (*call).inviteToConversation},
		"conversations.archive":        {tier: tier2(), do: (*call).archiveConversation},
		"conversations.join":           {scope: "channels:join", tier: tier3(), do: (*call).joinConversation},
		"views.open":                   {tier: tier4(), do: (*call).openView},
		"views.push":                   {tier: tier4(), do: (*call).pushView},
		"views.update":                 {tier: tier4(), do: (*call).updateView},
		"views.publish":                {tier: tier4(), do: (*call).publishView},
		"users.info":                   {scope: "users:read", tier: tier4(), formOnly: true, do: (*call).userInfo},
		"users.list":                   {scope: "users:read", tier: tier2(), formOnly: true, do: (*call).listUsers},
		"users.lookupByEmail":          {scope: "users:read.email", tier: tier3(), formOnly: true, do: (*call).lookupByEmail},
		"files.info":                   {scope: "files:read", tier: tier4(), formOnly: true, do: (*call).fileInfo},
		"files.getUploadURLExternal":   {scope: "files:write", tier: tier4(), formOnly: true, do: (*call).uploadURL},
		"files.completeUploadExternal": {scope: "files:write", tier: tier4(), do: (*call).completeUpload},
	}
})

// KnownScopes returns every bot scope that a simulated method can ask for, and commands.
// https://docs.slack.dev/reference/scopes
func KnownScopes() []string {
	return []string{
		"channels:history", "channels:join", "channels:manage", "channels:read", "chat:write", "chat:write.public", "commands", "files:read",
		"files:write", "groups:history", "groups:read", "groups:write", "im:history", "im:read", "im:write", "users:read", "users:read.email",
	}
}

// refusal is an API error: {"ok": false, "error": code} with what else belongs to it.
type refusal struct {
	code string
	more object
}

func (e *refusal) Error() string { return e.code }

func refuse(code string) error { return &refusal{code: code} }

// invalid is a refusal with messages that say what is wrong where.
func invalid(code string, messages []string) error {
	return &refusal{code, object{"response_metadata": object{"messages": messages}}}
}

// limited is a 429.
type limited struct{ wait time.Duration }

func (e *limited) Error() string { return "ratelimited" }

// call is one API call being served. Methods run with the workspace locked.
type call struct {
	w    *Workspace
	r    *http.Request
	name string
	args args
}

// base is the address the caller reached the workspace at.
func (c *call) base() string { return "http://" + c.r.Host + c.w.opt.Path }

// need refuses the call unless the scope is granted.
func (c *call) need(scope string) error {
	if slices.Contains(c.w.scopes, scope) {
		return nil
	}
	return &refusal{"missing_scope", object{"needed": scope, "provided": strings.Join(c.w.scopes, ",")}}
}

// args are a call's arguments: strings from a form, any JSON value from a JSON body.
type args map[string]any

func (a args) str(key string) string {
	switch v := a[key].(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

func (a args) bool(key string) bool {
	s := a.str(key)
	return s == "true" || s == "1"
}

// json returns an argument that is JSON, given as such or as a string holding it; nil when absent.
func (a args) json(key string) (any, error) {
	s, isText := a[key].(string)
	if !isText {
		return a[key], nil
	}
	if strings.TrimSpace(s) == "" {
		return nil, nil
	}
	return decode([]byte(s))
}

// decode reads one JSON value, keeping numbers as they are written.
func decode(data []byte) (any, error) {
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("reading JSON: %w", err)
	}
	if d.More() {
		return nil, errors.New("reading JSON: more than one value")
	}
	return v, nil
}

// encode writes a value that came from JSON, or is made of the same types: it cannot fail.
func encode(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Errorf("writing JSON of a decoded value: %w", err))
	}
	return b
}

func (w *Workspace) serveAPI(rw http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(rw, r.Body, maxRequest)
	name := r.PathValue("method")
	arguments, token, err := readArgs(r, name)
	bad := w.faults.draw(name, arguments.str("channel"))
	if bad.delay > 0 {
		select {
		case <-time.After(bad.delay):
		case <-r.Context().Done():
			return
		}
	}

	w.mu.Lock()
	scopes := strings.Join(w.scopes, ",")
	var result object
	switch {
	case bad.limited:
		err = &limited{bad.retryAfter}
	case bad.broken && !bad.afterDoing:
		err = errBroken
	case err == nil:
		result, err = w.perform(&call{w: w, r: r, name: name, args: arguments}, token)
		if bad.broken {
			err = errBroken
		}
	}
	status := http.StatusOK
	entry := Call{Method: name, Channel: arguments.str("channel"), OK: err == nil, At: w.now()}
	var no *refusal
	var slow *limited
	switch {
	case err == nil:
		result["ok"] = true
	case errors.As(err, &slow):
		status, entry.Error = http.StatusTooManyRequests, "ratelimited"
		rw.Header().Set("Retry-After", strconv.Itoa(wholeSeconds(slow.wait)))
		result = object{"ok": false, "error": "ratelimited"}
	case errors.As(err, &no):
		entry.Error = no.code
		result = object{"ok": false, "error": no.code}
		for k, v := range no.more {
			result[k] = v
		}
	default:
		status, entry.Error = http.StatusInternalServerError, "http_500"
		result = object{"ok": false, "error": "internal_error"}
	}
	entry.Status = status
	if w.calls = append(w.calls, entry); len(w.calls) > callsKept {
		w.calls = slices.Delete(w.calls, 0, callsKept/4)
	}
	w.touch()
	body := encode(result)
	w.mu.Unlock()

	h := rw.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("X-OAuth-Scopes", scopes)
	if m, known := methods()[name]; known && m.scope != "" {
		h.Set("X-Accepted-OAuth-Scopes", m.scope)
	}
	rw.WriteHeader(status)
	_, _ = rw.Write(body) // the caller may be gone; there is nobody to tell
}

// errBroken is an injected internal error.
var errBroken = errors.New("internal error by fault")

// perform checks token, scope and rate, and runs the method; the lock is held.
func (w *Workspace) perform(c *call, token string) (object, error) {
	m, known := methods()[c.name]
	if !known {
		return nil, refuse("unknown_method")
	}
	want, other := w.opt.BotToken, w.opt.AppToken
	if m.appToken {
		want, other = other, want
	}
	switch token {
	case want:
	case "":
		return nil, refuse("not_authed")
	case other:
		return nil, refuse("not_allowed_token_type")
	default:
		return nil, refuse("invalid_auth")
	}
	if m.scope != "" {
		if err := c.need(m.scope); err != nil {
			return nil, err
		}
	}
	if m.tier.perMinute > 0 {
		if err := c.limit(c.name, m.tier); err != nil {
			return nil, err
		}
	}
	return m.do(c)
}

// limit takes from a bucket.
func (c *call) limit(key string, t tier) error {
	if c.w.opt.NoRateLimits {
		return nil
	}
	if wait := c.w.take(key, t, c.w.now()); wait > 0 {
		return &limited{wait}
	}
	return nil
}

// readArgs reads arguments and token. A token comes in the Authorization header or in a form, never in a JSON body.
// https://docs.slack.dev/apis/web-api/#post_bodies
func readArgs(r *http.Request, name string) (args, string, error) {
	a := args{}
	token := ""
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		token = bearer
	}
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil && r.Header.Get("Content-Type") != "" {
		return a, token, refuse("invalid_post_type")
	}
	switch media {
	case "application/json":
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return a, token, refuse("request_timeout")
		}
		if len(body) == 0 { // what SDKs send for a method without arguments, such as apps.connections.open
			return a, token, nil
		}
		v, err := decode(body)
		if err != nil {
			return a, token, refuse("invalid_json")
		}
		o, isObject := v.(object)
		if !isObject {
			return a, token, refuse("json_not_object")
		}
		if !methods()[name].formOnly {
			a = o
			delete(a, "token")
		}
		return a, token, nil
	case "", "application/x-www-form-urlencoded", "multipart/form-data":
		if err := r.ParseMultipartForm(maxRequest); err != nil && !errors.Is(err, http.ErrNotMultipart) {
			return a, token, refuse("invalid_form_data")
		}
		for k, v := range r.Form {
			if len(v) > 0 {
				a[k] = v[0]
			}
		}
		if posted := r.PostForm.Get("token"); posted != "" {
			token = posted
		}
		delete(a, "token")
		return a, token, nil
	}
	return a, token, refuse("invalid_post_type")
}

func (c *call) authTest() (object, error) {
	return object{
		"url": c.base() + "/", "team": c.w.opt.Name, "user": c.w.opt.BotName, "team_id": TeamID, "user_id": BotUserID,
		"bot_id": BotID, "is_enterprise_install": false,
	}, nil
}
