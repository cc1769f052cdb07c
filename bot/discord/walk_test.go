package discord_test

import (
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/bottest"
	"tyreso.se/incidentbot/bot/discord"
)

// anyDialog is a dialog of every kind of field, in which answers show and hide others.
func anyDialog() *rapid.Generator[bot.Dialog] {
	return rapid.Custom(func(t *rapid.T) bot.Dialog {
		d := bot.Dialog{ID: "report", Subject: "01JDMX5E8N7T4Q2W9R6Y3K0ZAB", Title: "Rapportera", Submit: "Skicka", Cancel: "Avbryt", Values: bot.Values{}}
		var conditions []bot.Condition
		for i := range rapid.IntRange(1, 14).Draw(t, "fields") {
			f := bot.Field{
				ID: fmt.Sprint("field", i), Kind: bot.FieldKind(rapid.IntRange(int(bot.Note), int(bot.Files)).Draw(t, "kind")),
				Label: fmt.Sprintf("Fråga *%d*", i), Required: rapid.Bool().Draw(t, "required"),
				Help: rapid.SampledFrom([]string{"", "Kort", strings.Repeat("Lång hjälp. ", 12)}).Draw(t, "help"),
			}
			switch f.Kind {
			case bot.Text, bot.LongText:
				f.Min, f.Max = rapid.SampledFrom([]int{0, 3}).Draw(t, "min"), rapid.SampledFrom([]int{0, 40, 3000}).Draw(t, "max")
			case bot.Choice, bot.Choices:
				f.Options = choices(rapid.SampledFrom([]int{1, 2, 25, 60}).Draw(t, "options"))
			case bot.Files:
				f.Max = rapid.IntRange(0, 3).Draw(t, "max")
			}
			if len(conditions) > 0 && rapid.IntRange(0, 3).Draw(t, "hidden") == 0 {
				c := rapid.SampledFrom(conditions).Draw(t, "condition")
				f.ShowIf = &c
			}
			if f.Kind == bot.Choice {
				conditions = append(conditions, bot.Condition{Field: f.ID, OneOf: []string{"v0"}})
			}
			if f.Kind == bot.Files && slices.ContainsFunc(d.Fields, func(f bot.Field) bool { return f.Kind == bot.Files }) {
				continue // one is enough: Request.Files are not told apart by field
			}
			d.Fields = append(d.Fields, f)
		}
		return d
	})
}

func choices(n int) []bot.Option {
	list := make([]bot.Option, n)
	for i := range list {
		list[i] = bot.Option{Value: fmt.Sprint("v", i), Label: fmt.Sprint("Val ", i)}
	}
	return list
}

// walk is a person who goes through a dialog in any order, and what their answers should be.
type walk struct {
	*somebody
	d    *bot.Dialog
	want bot.Values
}

// field is the field of a modal's input, and which of its selects it is.
func (w *walk) field(id string) *bot.Field {
	_, id, _ = strings.Cut(id, ":")
	id, _, _ = strings.Cut(id, "|")
	return w.d.Field(id)
}

// fill answers the open modal with anything that Discord lets through.
func (w *walk) fill(t *rapid.T) {
	alone := 0
	for _, c := range w.modal.Components {
		if _, ok := c.(discordgo.Label); ok {
			alone++
		}
	}
	attached, fresh := object{}, map[string]bool{}
	w.submit(t, func(c discordgo.MessageComponent) object {
		switch c := c.(type) {
		case discordgo.TextInput:
			f := w.field(c.CustomID)
			value := c.Value
			if rapid.Bool().Draw(t, "type") {
				value = w.typed(t, f, c)
			}
			if *c.Required && value == "" {
				value = "abc"
			}
			if w.want[f.ID] = []string{value}; f.Kind == bot.DateTime {
				if at, ok := discord.ParseTime(value, noon, time.UTC); ok {
					w.want[f.ID] = []string{at.UTC().Format(time.RFC3339)}
				}
			}
			if value == "" {
				delete(w.want, f.ID)
			}
			return object{"type": 4, "custom_id": c.CustomID, "value": value}
		case discordgo.SelectMenu:
			f := w.field(c.CustomID)
			return object{"type": 3, "custom_id": c.CustomID, "values": w.chosen(t, f, c, fresh)}
		case discordgo.FileUpload:
			f := w.field(c.CustomID)
			ids, names := []string{}, []string{}
			for i := range rapid.IntRange(*c.MinValues, c.MaxValues).Draw(t, "files") {
				id := fmt.Sprint(500 + i)
				name := rapid.SampledFrom([]string{"a.png", "b.pdf"}).Draw(t, "name")
				attached[id] = object{"id": id, "filename": name, "url": "https://cdn.discordapp.com/" + id, "size": 5, "content_type": "image/png"}
				ids, names = append(ids, id), append(names, name)
			}
			if len(ids) > 0 {
				w.want[f.ID] = names
			} else if alone == 1 {
				delete(w.want, f.ID)
			}
			return object{"type": 19, "custom_id": c.CustomID, "values": ids}
		}
		t.Fatalf("an input %T", c)
		return nil
	}, attached)
}

func (w *walk) typed(t *rapid.T, f *bot.Field, c discordgo.TextInput) string {
	if f.Kind == bot.DateTime {
		return rapid.SampledFrom([]string{"", "2026-11-20 09:15", "igår 14.05", "i förrgår", mischief[:90]}).Draw(t, "when")
	}
	text := rapid.OneOf(rapid.SampledFrom([]string{"", "   ", "Hej\n# då", mischief, strings.Repeat("å", 3000)}), rapid.String()).Draw(t, "text")
	runes := []rune(text)
	if text = string(runes[:min(len(runes), c.MaxLength)]); len(runes) < c.MinLength && (text != "" || *c.Required) {
		text += "abc"
	}
	return text
}

// chosen chooses in one of a field's selects. fresh are the fields of which an earlier select has been answered.
func (w *walk) chosen(t *rapid.T, f *bot.Field, c discordgo.SelectMenu, fresh map[string]bool) []string {
	values := []string{}
	most := rapid.IntRange(*c.MinValues, c.MaxValues).Draw(t, "chosen")
	for _, i := range rapid.SliceOfNDistinct(rapid.IntRange(0, len(c.Options)-1), most, most, rapid.ID[int]).Draw(t, "which") {
		values = append(values, c.Options[i].Value)
	}
	if slices.Contains(values, discord.SearchValue) {
		return values // nothing is changed by it
	}
	if !fresh[f.ID] {
		delete(w.want, f.ID)
	}
	fresh[f.ID] = true
	w.want[f.ID] = append(slices.Clone(w.want[f.ID]), values...)
	if f.Kind == bot.Lookup && len(values) > 0 {
		w.want[f.ID] = []string{values[0], "System " + values[0]}
	}
	if len(w.want[f.ID]) == 0 {
		delete(w.want, f.ID)
	}
	return values
}

// move does one of the things that can be done on the private message.
func (w *walk) move(t *rapid.T) {
	found := buttons(w.private)
	ways := slices.Sorted(maps.Keys(found))
	for i := range selects(w.private) {
		ways = append(ways, fmt.Sprint("select ", i))
	}
	ways = slices.DeleteFunc(ways, func(way string) bool { return way == "Avbryt" || way == "Skicka" })
	if len(ways) == 0 {
		return
	}
	way := rapid.SampledFrom(ways).Draw(t, "way")
	if id, ok := found[way]; ok {
		w.press(t, w.private, id)
		return
	}
	var n int
	if _, err := fmt.Sscanf(way, "select %d", &n); err != nil {
		t.Fatalf("%v", err)
	}
	menu := selects(w.private)[n]
	o := rapid.SampledFrom(menu.Options).Draw(t, "option")
	w.press(t, w.private, menu.CustomID, o.Value)
	if w.modal == nil { // not a question to change, but something that was found
		_, _, _, _, places, _ := discord.ReadStep(menu.CustomID)
		f := w.question(places)
		if w.want[f.ID] = []string{o.Value}; f.Kind == bot.Lookup {
			w.want[f.ID] = []string{o.Value, o.Label}
		}
	}
}

// question is the only one in a mask.
func (w *walk) question(places uint64) bot.Field {
	fields := slices.DeleteFunc(slices.Clone(w.d.Fields), func(f bot.Field) bool { return f.Kind == bot.Note })
	return fields[bits.TrailingZeros64(places)]
}

// TestAnyOrder walks through any dialog in any order, over the search and back, and holds what is sent in the end against
// what was answered last.
func TestAnyOrder(t *testing.T) {
	inventory := make([]bot.Option, 40)
	for i := range inventory {
		inventory[i] = bot.Option{Value: fmt.Sprint("s", i), Label: fmt.Sprint("System s", i)}
	}
	rapid.Check(t, func(rt *rapid.T) {
		d := anyDialog().Draw(rt, "dialog")
		h := bottest.NewHandler()
		h.Answer(bot.Reply{Dialog: &d})
		h.Stock(inventory[:rapid.SampledFrom([]int{0, 5, 24, 25, 40}).Draw(rt, "systems")])
		s, err := discord.New(options("http://127.0.0.1", func(o *discord.Options) { o.Handler = h }))
		if err != nil {
			rt.Fatal(err)
		}
		w := &walk{somebody: &somebody{s: s, locale: "sv-SE"}, d: &d, want: bot.Values{}}
		w.command(rt, "")
		for range rapid.IntRange(0, 30).Draw(rt, "moves") {
			switch {
			case w.modal != nil && w.private != nil && rapid.IntRange(0, 4).Draw(rt, "closes") == 0:
				w.modal = nil
			case w.modal != nil && strings.HasPrefix(w.modal.CustomID, "t|"):
				words := rapid.SampledFrom([]string{"", "1", "S3", "finns inte"}).Draw(rt, "words")
				w.submit(rt, filled(map[string]string{"t:search": words}), nil)
			case w.modal != nil:
				w.fill(rt)
			case len(w.private.Components) > 0:
				w.move(rt)
			}
		}
		w.finish(rt)
		sent := h.Asked(bot.Submit)
		if len(sent) != 1 {
			rt.Fatalf("sent %d times", len(sent))
		}
		if diff := cmp.Diff(w.want, sent[0].Values, cmpopts.EquateEmpty()); diff != "" {
			rt.Fatalf("what was sent (-want +got):\n%s", diff)
		}
		if sent[0].Key != "kept:kept-1" || len(h.Faults()) > 0 {
			rt.Fatalf("key %q, faults %v", sent[0].Key, h.Faults())
		}
	})
}

// finish answers what is left and sends.
func (w *walk) finish(t *rapid.T) {
	for range 60 {
		if w.modal != nil && strings.HasPrefix(w.modal.CustomID, "t|") {
			w.modal = nil
		}
		if w.modal != nil {
			w.fill(t)
			continue
		}
		found := buttons(w.private)
		if len(found) == 0 {
			return
		}
		for _, way := range []string{"sv:back", "sv:open", "sv:more", "Skicka"} {
			if id, ok := found[way]; ok {
				w.press(t, w.private, id)
				break
			}
		}
	}
	t.Fatalf("there is no end to it")
}
