// Package locale holds every text that a person sees, in Swedish first and English second, and the way dates are written.
// It knows nothing of what the texts are about.
package locale

import (
	"embed"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/language"
)

// The languages, as they stand in configuration and in the register.
const (
	Swedish = "sv"
	English = "en"
)

//go:embed sv.toml en.toml
var files embed.FS

// Texts are all texts in all languages. It never changes and is safe for concurrent use.
type Texts struct {
	localizers map[string]*i18n.Localizer
	keys       map[string][]string
}

// Data fills in the places of a text. Count also chooses between its plural forms.
type Data map[string]any

// New reads the embedded files. It returns an error when one of them is malformed.
func New() (*Texts, error) {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	t := &Texts{localizers: map[string]*i18n.Localizer{}, keys: map[string][]string{}}
	for _, lang := range []string{Swedish, English} {
		file, err := bundle.LoadMessageFileFS(files, lang+".toml")
		if err != nil {
			return nil, fmt.Errorf("reading the texts in %s.toml: %w", lang, err)
		}
		keys := map[string]bool{}
		for _, m := range file.Messages {
			keys[m.ID] = true
		}
		t.keys[lang] = slices.Sorted(maps.Keys(keys))
		t.localizers[lang] = i18n.NewLocalizer(bundle, lang)
	}
	return t, nil
}

// Keys returns the keys that a language's file holds, sorted.
func (t *Texts) Keys(lang string) []string { return slices.Clone(t.keys[lang]) }

// T returns the text for a key. An unknown language means Swedish. A text that is missing in the language is given in
// English, and one that is missing everywhere as its key, so that a person is never left with nothing; tests see to it that
// neither happens.
func (t *Texts) T(lang, key string, data ...Data) string {
	localizer, ok := t.localizers[lang]
	if !ok {
		localizer = t.localizers[Swedish]
	}
	config := i18n.LocalizeConfig{MessageID: key}
	if len(data) > 0 {
		config.TemplateData = data[0]
		config.PluralCount = data[0]["Count"]
	}
	text, err := localizer.Localize(&config)
	if err != nil && text == "" {
		return key
	}
	return text
}

// Time writes a point in time as people read it: 2026-11-23 14:05.
func Time(t time.Time, loc *time.Location) string { return t.In(loc).Format("2006-01-02 15:04") }

// Deadline writes a point in time with its zone, for where a deadline is concerned: 2026-11-23 14:05 CET.
func Deadline(t time.Time, loc *time.Location) string {
	return t.In(loc).Format("2006-01-02 15:04 MST")
}
