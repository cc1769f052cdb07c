package config

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
)

// Load reads the settings: the YAML file at path (or, when path is empty, at what INCIDENTBOT_CONFIG names; without
// either the defaults hold) and the environment. env looks up a variable as os.LookupEnv does, readFile reads a file as
// os.ReadFile does. A variable that is set to nothing counts as not set.
//
// The error is Problems: everything that is wrong, each with its place and what to do. The Config is then not to be used.
func Load(path string, env func(string) (string, bool), readFile func(string) ([]byte, error)) (Config, error) {
	e := &environment{lookup: env, readFile: readFile}
	if path == "" {
		path = e.text("INCIDENTBOT_CONFIG")
	}
	c := defaults()
	f := newFile(path)
	if path != "" {
		text, err := readFile(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			f.fail(errors.New("no such file; begin from incidentbot.example.yaml"), "cannot be read")
		case err != nil:
			f.fail(err, "cannot be read")
		default:
			f.read(text, &c)
		}
	}
	f.check(&c)
	e.read(&c)
	if problems := append(f.sorted(), e.problems...); len(problems) > 0 {
		return Config{}, problems
	}
	return c, nil
}

// environment is the environment variables while they are read and checked.
type environment struct {
	lookup   func(string) (string, bool)
	readFile func(string) ([]byte, error)
	problems Problems
}

func (e *environment) read(c *Config) {
	c.Database = DatabaseURL(e.secret("DATABASE_URL"))
	e.checkDatabase(c)
	if l := e.text("INCIDENTBOT_LISTEN"); l != "" {
		c.Listen = l
		e.checkListen(l)
	}
	c.Slack.BotToken = e.secret("SLACK_BOT_TOKEN")
	c.Slack.AppToken = e.secret("SLACK_APP_TOKEN")
	c.Slack.SigningSecret = e.secret("SLACK_SIGNING_SECRET")
	if u := e.url("SLACK_API_URL", "http", "https"); u != "" {
		c.Slack.APIURL = strings.TrimRight(u, "/") + "/" // the methods' names are put after it
	}
	if c.Slack.BotToken == "" && c.Slack.AppToken+c.Slack.SigningSecret != "" {
		e.add("SLACK_BOT_TOKEN", "is missing, and the other Slack settings are of no use without it: it begins with xoxb-")
	}
	e.readDiscord(&c.Discord)
	e.readMail(&c.Mail)
	if l := e.text("LOG_LEVEL"); l != "" {
		if err := c.Log.Level.UnmarshalText([]byte(l)); err != nil {
			e.add("LOG_LEVEL", "%q is no level: write debug, info, warn or error", l)
		}
	}
	if l := e.text("LOG_FORMAT"); l != "" {
		c.Log.Format = l
		if l != "text" && l != "json" {
			e.add("LOG_FORMAT", "%q is no format: write text or json", l)
		}
	}
}

func (e *environment) readDiscord(d *Discord) {
	d.BotToken = e.secret("DISCORD_BOT_TOKEN")
	d.PublicKey = e.text("DISCORD_PUBLIC_KEY")
	// An Ed25519 public key: https://discord.com/developers/docs/interactions/overview#setting-up-an-endpoint
	if key, err := hex.DecodeString(d.PublicKey); err != nil || len(key) != 0 && len(key) != 32 {
		e.add("DISCORD_PUBLIC_KEY", "must be 64 hexadecimal digits, as the application's page shows it")
	}
	d.ApplicationID = e.snowflake("DISCORD_APPLICATION_ID")
	d.GuildID = e.snowflake("DISCORD_GUILD_ID")
	d.APIURL = e.url("DISCORD_API_URL", "http", "https")
	d.GatewayURL = e.url("DISCORD_GATEWAY_URL", "ws", "wss")
	if d.BotToken == "" && d.PublicKey != "" {
		e.add("DISCORD_BOT_TOKEN", "is missing, and the other Discord settings are of no use without it")
	}
	if d.BotToken != "" && d.ApplicationID == "" {
		e.add("DISCORD_APPLICATION_ID", "is missing: it stands on the application's page, under General Information")
	}
}

func (e *environment) readMail(m *Mail) {
	m.Server = e.secret("SMTP_URL")
	if m.Server == "" {
		return
	}
	if text := badMailServer(string(m.Server)); text != "" {
		e.add("SMTP_URL", "%s", text)
	}
	if m.From == "" {
		e.add("SMTP_URL", "is given, but mail.from is missing in the settings file: write from whom the mail comes")
	}
}

// badMailServer tells what is wrong with a mail server's address, "" when nothing is. The address is not repeated: it may hold a
// password.
func badMailServer(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "is no address: a user name or password with signs such as # / ? @ must be percent-encoded"
	}
	_, hasPassword := u.User.Password()
	switch {
	case u.Scheme != "smtp" && u.Scheme != "smtps" && u.Scheme != "smtp+insecure":
		return "must begin with smtp:// (encrypted by STARTTLS), smtps:// (encrypted from the start) or smtp+insecure:// (in clear text)"
	case u.Hostname() == "":
		return "names no server: write smtp://user:password@host:587"
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return "holds more than a server: remove what comes after the port"
	case u.User != nil && (u.User.Username() == "" || !hasPassword):
		return "must hold both a user name and a password, or neither"
	case u.User != nil && u.Scheme == "smtp+insecure":
		return "would send the password in clear text: write smtp:// or smtps://, or remove the password"
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return "has a port that is none"
		}
	}
	return ""
}

func (e *environment) checkDatabase(c *Config) {
	if c.Database == "" {
		folder := e.dataFolder()
		if folder == "" {
			e.add("DATABASE_URL", "is not set, and there is no home folder to keep a database in: "+
				"write sqlite:///path/file.db or postgres://user:password@host/name")
			return
		}
		file := url.URL{Scheme: "sqlite", Path: filepath.ToSlash(filepath.Join(folder, "incidentbot.db"))}
		c.Database = DatabaseURL(file.String())
		return
	}
	u, err := url.Parse(string(c.Database))
	if err != nil {
		e.add("DATABASE_URL", "is no address: a password with signs such as # / ? must be percent-encoded")
		return
	}
	switch u.Scheme {
	case "sqlite":
		if u.Host != "" || len(u.Path) < 2 {
			e.add("DATABASE_URL", "names no file: write sqlite:///path/file.db, with three slashes")
		}
	case "postgres", "postgresql":
		// Without a host, the rest may name a socket's folder; the driver sees to that.
	default:
		e.add("DATABASE_URL", "must begin with sqlite:// or postgres://, not %q", u.Scheme)
	}
}

// dataFolder returns where the program keeps its files: what systemd gave it, or the user's data folder, or "".
// https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#RuntimeDirectory=
// https://specifications.freedesktop.org/basedir-spec/latest/
func (e *environment) dataFolder() string {
	if state, _, _ := strings.Cut(e.text("STATE_DIRECTORY"), ":"); state != "" {
		return state
	}
	if data := e.text("XDG_DATA_HOME"); filepath.IsAbs(data) {
		return filepath.Join(data, "incidentbot")
	}
	if home := e.text("HOME"); home != "" {
		return filepath.Join(home, ".local", "share", "incidentbot")
	}
	return ""
}

func (e *environment) checkListen(address string) {
	_, port, err := net.SplitHostPort(address)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		e.add("INCIDENTBOT_LISTEN", "%q is no address to listen on: write host:port, such as 127.0.0.1:8080 or :8080", address)
	}
}

// secret returns the variable's value, or the contents of the file that the variable NAME_FILE names.
func (e *environment) secret(name string) Secret {
	value, path := e.text(name), e.text(name+"_FILE")
	switch {
	case path == "":
		return Secret(value)
	case value != "":
		e.add(name, "is given, and %s_FILE too: remove one of them", name)
		return ""
	}
	text, err := e.readFile(path)
	if err != nil {
		e.add(name+"_FILE", "%v", err)
		return ""
	}
	secret := strings.TrimSpace(string(text))
	if secret == "" {
		e.add(name+"_FILE", "%s is empty", path)
	}
	return Secret(secret)
}

func (e *environment) url(name string, schemes ...string) string {
	u := e.text(name)
	if u == "" {
		return ""
	}
	if text := badURL(u, schemes...); text != "" {
		e.add(name, "%s", text)
	}
	return u
}

func (e *environment) snowflake(name string) string {
	id := e.text(name)
	if id != "" && !isSnowflake(id) {
		e.add(name, "%q is no Discord id: it is digits only", id)
	}
	return id
}

func (e *environment) text(name string) string {
	value, _ := e.lookup(name)
	return strings.TrimSpace(value)
}

func (e *environment) add(name, format string, args ...any) {
	e.problems = append(e.problems, Problem{Where: name, Text: fmt.Sprintf(format, args...)})
}
