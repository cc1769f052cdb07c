package discord

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// route is one method and path of the API.
type route struct {
	method  string
	pattern string // with ids as placeholders
	rate    rate   // zero: not limited
	open    bool   // an interaction token in the path opens it: no bot token, and not bound to the global rate limit
	do      func(*call) (status int, result any, err error)
}

// routes are the routes simulated.
func routes() []route {
	common, messages, webhooks := commonRate(), messageRate(), webhookRate()
	const guildCommands, globalCommands = "/applications/{application}/guilds/{guild}/commands", "/applications/{application}/commands"
	const webhook = "/webhooks/{application}/{token}"
	all := []route{
		{method: "GET", pattern: "/gateway", rate: common, open: true, do: (*call).gateway},
		{method: "GET", pattern: "/gateway/bot", rate: common, do: (*call).gatewayBot},
		{method: "GET", pattern: "/applications/@me", rate: common, do: (*call).application},
		{method: "GET", pattern: "/oauth2/applications/@me", rate: common, do: (*call).application},
		{method: "GET", pattern: "/users/@me", rate: common, do: (*call).currentUser},
		{method: "POST", pattern: "/users/@me/channels", rate: common, do: (*call).openDM},
		{method: "GET", pattern: "/users/{user}", rate: common, do: (*call).user},
		{method: "GET", pattern: "/channels/{channel}", rate: common, do: (*call).channel},
		{method: "PATCH", pattern: "/channels/{channel}", rate: common, do: (*call).modifyChannel},
		{method: "GET", pattern: "/channels/{channel}/messages", rate: common, do: (*call).listMessages},
		{method: "POST", pattern: "/channels/{channel}/messages", rate: messages, do: (*call).createMessage},
		{method: "GET", pattern: "/channels/{channel}/messages/{message}", rate: common, do: (*call).message},
		{method: "PATCH", pattern: "/channels/{channel}/messages/{message}", rate: messages, do: (*call).editMessage},
		{method: "DELETE", pattern: "/channels/{channel}/messages/{message}", rate: messages, do: (*call).deleteMessage},
		{method: "GET", pattern: "/guilds/{guild}", rate: common, do: (*call).guild},
		{method: "GET", pattern: "/guilds/{guild}/roles", rate: common, do: (*call).guildRoles},
		{method: "GET", pattern: "/guilds/{guild}/channels", rate: common, do: (*call).guildChannels},
		{method: "POST", pattern: "/guilds/{guild}/channels", rate: common, do: (*call).createChannel},
		{method: "GET", pattern: "/guilds/{guild}/members/search", rate: common, do: (*call).searchMembers},
		{method: "GET", pattern: "/guilds/{guild}/members/{user}", rate: common, do: (*call).member},
		{method: "POST", pattern: "/interactions/{interaction}/{token}/callback", open: true, do: (*call).callback},
		{method: "POST", pattern: webhook, rate: webhooks, open: true, do: (*call).followUp},
		{method: "GET", pattern: webhook + "/messages/{message}", rate: webhooks, open: true, do: (*call).webhookMessage},
		{method: "PATCH", pattern: webhook + "/messages/{message}", rate: webhooks, open: true, do: (*call).editWebhookMessage},
		{method: "DELETE", pattern: webhook + "/messages/{message}", rate: webhooks, open: true, do: (*call).deleteWebhookMessage},
	}
	for _, base := range []string{guildCommands, globalCommands} {
		all = append(all,
			route{method: "GET", pattern: base, rate: common, do: (*call).listCommands},
			route{method: "POST", pattern: base, rate: common, do: (*call).createCommand},
			route{method: "PUT", pattern: base, rate: common, do: (*call).overwriteCommands},
			route{method: "GET", pattern: base + "/{command}", rate: common, do: (*call).command},
			route{method: "PATCH", pattern: base + "/{command}", rate: common, do: (*call).editCommand},
			route{method: "DELETE", pattern: base + "/{command}", rate: common, do: (*call).deleteCommand},
		)
	}
	return all
}

// match finds the route of a path. known tells whether the path exists with another method.
func match(all []route, method, path string) (found route, params map[string]string, known bool) {
	steps := strings.Split(path, "/")
	for _, r := range all {
		want := strings.Split(r.pattern, "/")
		if len(want) != len(steps) {
			continue
		}
		params := map[string]string{}
		fits := true
		for i, w := range want {
			name, placeholder := strings.CutPrefix(w, "{")
			switch {
			case placeholder && steps[i] != "":
				params[strings.TrimSuffix(name, "}")] = steps[i]
			case w != steps[i]:
				fits = false
			}
		}
		if !fits {
			continue
		}
		known = true
		if r.method == method {
			return r, params, true
		}
	}
	return route{}, nil, known
}

// call is one API call being served. Methods of routes run with the workspace locked.
type call struct {
	w      *Workspace
	r      *http.Request
	route  route
	params map[string]string
	query  url.Values
	body   any    // decoded JSON; nil when there is none
	files  []file // of a multipart body
}

// object returns the body, which must be an object.
func (c *call) object() (object, error) {
	o, ok := c.body.(object)
	if !ok {
		return nil, invalidForm("", "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
	}
	return o, nil
}

// name is what the call is called in problems and faults.
func (c *call) name() string { return c.route.method + " " + c.route.pattern }

// version is the part of a path that chooses a version of the API, of those that are not discontinued.
// https://discord.com/developers/docs/reference#api-versioning
var version = regexp.MustCompile(`^/api(?:/v(\d+))?(/.*)$`)

const oldestVersion, newestVersion = 6, 10

// agent is what a user agent must look like. https://discord.com/developers/docs/reference#user-agent
var agent = regexp.MustCompile(`^DiscordBot \([^ ,()]+, [^ ()]+\)`)

func (w *Workspace) routeAPI() {
	all := routes()
	w.mux.HandleFunc("/api/", func(rw http.ResponseWriter, r *http.Request) { w.serveAPI(all, rw, r) })
}

func (w *Workspace) serveAPI(all []route, rw http.ResponseWriter, r *http.Request) {
	c := &call{w: w, r: r, query: r.URL.Query()}
	parts := version.FindStringSubmatch(r.URL.EscapedPath())
	err := refuse(http.StatusNotFound, 0, "404: Not Found")
	if parts != nil {
		err = c.find(all, parts[1], parts[2])
	}
	r.Body = http.MaxBytesReader(rw, r.Body, maxRequestBytes)
	bodyErr := c.read() // read even when it is not looked at, so that the connection can be used again
	bad := w.faults.draw(c.name(), c.params["channel"])
	if c.route.do != nil && bad.delay > 0 {
		select {
		case <-time.After(bad.delay):
		case <-r.Context().Done():
			return
		}
	}

	w.mu.Lock()
	var result any
	status := http.StatusOK
	if err == nil {
		err = c.admit(rw.Header(), bad)
	}
	if err == nil {
		if err = bodyErr; err == nil {
			status, result, err = c.route.do(c)
		}
		if bad.broken {
			err = errBroken
		}
	}
	entry := Call{
		Method: r.Method, Route: c.route.pattern, Path: c.path(), Channel: c.params["channel"], At: w.now(),
	}
	if err != nil {
		status, result = describe(err, rw.Header())
		if no, ok := errors.AsType[*refusal](err); ok {
			entry.Code = no.code
		}
		w.note(r.Method+" "+c.path(), err)
		w.countInvalid(status, err)
	}
	entry.Status = status
	if w.calls = append(w.calls, entry); len(w.calls) > callsKept {
		w.calls = slices.Delete(w.calls, 0, callsKept/4)
	}
	w.touch()
	var body []byte
	if result != nil {
		body = encode(result)
	}
	w.mu.Unlock()

	if body != nil {
		rw.Header().Set("Content-Type", "application/json")
	}
	rw.WriteHeader(status)
	_, _ = rw.Write(body) // the caller may be gone; there is nobody to tell
}

// find finds the route of a path, in a version of the API; "" is the default one.
func (c *call) find(all []route, version, path string) error {
	var known bool
	c.route, c.params, known = match(all, c.r.Method, path)
	switch number, _ := strconv.Atoi(version); {
	case c.route.do == nil && known:
		return refuse(http.StatusMethodNotAllowed, 0, "405: Method Not Allowed")
	case c.route.do == nil:
		return refuse(http.StatusNotFound, 0, "404: Not Found")
	case version != "" && (number < oldestVersion || number > newestVersion):
		return refuse(http.StatusBadRequest, 50041, "Invalid API version provided")
	}
	return nil
}

// path is the path called, without the token of an interaction.
func (c *call) path() string {
	if token := c.params["token"]; token != "" {
		return strings.ReplaceAll(c.r.URL.Path, token, "…")
	}
	return c.r.URL.Path
}

// describe turns an error into a status and a body.
func describe(err error, h http.Header) (int, any) {
	var no *refusal
	var slow *limited
	switch {
	case errors.As(err, &no):
		return no.status, no.body()
	case errors.As(err, &slow):
		h.Set("Retry-After", strconv.Itoa(int((slow.wait+time.Second-1)/time.Second)))
		h.Set("X-RateLimit-Scope", slow.scope)
		if slow.scope == "global" {
			h.Set("X-RateLimit-Global", "true")
		}
		message := "You are being rate limited."
		if slow.scope == "shared" {
			message = "The resource is being rate limited."
		}
		after, _ := strconv.ParseFloat(seconds(slow.wait), 64) // written here
		return http.StatusTooManyRequests, object{"message": message, "retry_after": after, "global": slow.scope == "global"}
	}
	return http.StatusInternalServerError, object{"code": 0, "message": "500: Internal Server Error"}
}

// admit checks who calls, and how often; the lock is held.
func (c *call) admit(h http.Header, bad misfortune) error {
	w := c.w
	if !agent.MatchString(c.r.UserAgent()) || w.banned() {
		return refuse(http.StatusForbidden, 40333, "Cloudflare is blocking your request. "+
			"This can often be resolved by setting a proper User Agent")
	}
	if !c.route.open {
		if c.r.Header.Get("Authorization") != "Bot "+w.opt.BotToken {
			return unauthorized()
		}
	}
	if app, in := c.params["application"]; in && app != ApplicationID {
		if c.route.open {
			return unknownWebhook()
		}
		return refuse(http.StatusForbidden, 20012, "You are not authorized to perform this action on this application")
	}
	for _, name := range []string{"channel", "guild", "user", "command", "interaction", "message"} {
		if id, in := c.params[name]; in && !isSnowflake(id) && id != "@original" {
			return invalidForm(name+"_id", "NUMBER_TYPE_COERCE", "Value \""+id+"\" is not snowflake.")
		}
	}
	switch {
	case bad.limited:
		return &limited{bad.retryAfter, "shared"}
	case bad.broken && !bad.afterDoing:
		return errBroken
	}
	return c.limit(h)
}

// read reads the body: JSON, or multipart with payload_json and files.
// https://discord.com/developers/docs/reference#content-type and #uploading-files
func (c *call) read() error {
	contentType := c.r.Header.Get("Content-Type")
	if c.r.Method == http.MethodGet || c.r.Method == http.MethodDelete || (contentType == "" && c.r.ContentLength == 0) {
		return nil
	}
	media, options, err := mime.ParseMediaType(contentType)
	switch {
	case err == nil && media == "application/json":
		return c.readJSON(c.r.Body)
	case err == nil && media == "multipart/form-data" && options["boundary"] != "":
		return c.readMultipart()
	}
	return invalidForm("", "CONTENT_TYPE_INVALID", `Expected "Content-Type" header to be one of {'application/json', 'multipart/form-data'}.`)
}

func (c *call) readJSON(from io.Reader) error {
	data, err := io.ReadAll(from)
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return entityTooLarge()
	}
	if err != nil {
		return malformedBody()
	}
	if c.body, err = decode(data); err != nil {
		return malformedBody()
	}
	return nil
}

// truth reads a boolean of a query. https://discord.com/developers/docs/reference#boolean-query-strings
func (c *call) truth(name string) bool {
	return slices.Contains([]string{"True", "true", "1"}, c.query.Get(name))
}
