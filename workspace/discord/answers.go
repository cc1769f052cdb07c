package discord

import (
	"errors"
	"maps"
	"net/http"
	"slices"
)

// https://discord.com/developers/docs/interactions/receiving-and-responding#create-interaction-response
func (c *call) callback() (int, any, error) {
	w := c.w
	i := w.interactions.byID[c.params["token"]]
	if i == nil || i.id != c.params["interaction"] {
		return 0, nil, unknownInteraction()
	}
	o, err := c.object()
	if err != nil {
		return 0, nil, err
	}
	if err := w.answer(c.name(), i, o, c.files); err != nil {
		return 0, nil, err
	}
	if !c.truth("with_response") {
		return http.StatusNoContent, nil, nil
	}
	about := object{"id": i.id, "type": i.kind}
	resource := object{"type": i.answer}
	if m := w.byID[i.original]; m != nil {
		about["response_message_id"], about["response_message_loading"] = m.ID, m.Loading
		about["response_message_ephemeral"] = m.Ephemeral != ""
		if i.answer == answerMessage || i.answer == answerUpdate {
			resource["message"] = w.messageObject(m, false)
		}
	}
	return http.StatusOK, object{"interaction": about, "resource": resource}, nil
}

// Types of answers. …/receiving-and-responding#interaction-response-object-interaction-callback-type
const (
	answerPong           = 1
	answerMessage        = 4
	answerDeferred       = 5
	answerDeferredUpdate = 6
	answerUpdate         = 7
	answerChoices        = 8
	answerModal          = 9
)

// answers are the types of answers that an interaction takes.
func (i *interaction) answers() []int {
	switch i.kind {
	case interactionCommand:
		return []int{answerMessage, answerDeferred, answerModal}
	case interactionComponent:
		return []int{answerMessage, answerDeferred, answerDeferredUpdate, answerUpdate, answerModal}
	case interactionAutocomplete:
		return []int{answerChoices}
	case interactionModal:
		if i.source != nil {
			return []int{answerMessage, answerDeferred, answerDeferredUpdate, answerUpdate}
		}
		return []int{answerMessage, answerDeferred}
	}
	return nil
}

// answer takes the first answer to an interaction, by call or in the response to an HTTP request. The lock is held.
func (w *Workspace) answer(what string, i *interaction, o object, files []file) error {
	switch {
	case i.answer != 0:
		return refuse(http.StatusBadRequest, 40060, "Interaction has already been acknowledged.")
	case i.failed || w.now().Sub(i.at) >= acknowledgeWithin:
		return unknownInteraction()
	}
	check := newChecker()
	check.shape(shape{fields: map[string]property{"type": must(numberOf(i.answers()...)), "data": may(dictionary)}}, o, "")
	w.noteUnknown(what, check)
	if err := check.err(); err != nil {
		return err
	}
	data, _ := o["data"].(object)
	kind := count(o, "type", 0)
	var err error
	switch kind {
	case answerMessage:
		err = w.answerMessage(what, i, data, files)
	case answerDeferred:
		err = w.answerDeferred(what, i, data)
	case answerDeferredUpdate:
		i.original = i.source.ID
		i.seen = Seen{Deferred: true}
	case answerUpdate:
		err = w.answerUpdate(what, i, data, files)
	case answerChoices:
		err = w.answerChoices(what, i, data)
	case answerModal:
		err = w.answerModal(what, i, data)
	}
	if err != nil {
		return inData(err)
	}
	i.answer = kind
	close(i.answered)
	w.touch()
	return nil
}

// inData moves what is wrong with an answer's data to where it stands in the body.
func inData(err error) error {
	no, ok := errors.AsType[*refusal](err)
	if !ok || no.errors == nil {
		return err
	}
	inside := *no
	inside.errors = object{"data": no.errors}
	return &inside
}

// reply is a new message that answers an interaction, seen by everyone in the channel or only by its person.
func (w *Workspace) reply(i *interaction, ephemeral bool) *Message {
	m := w.blank(i.channel, BotUserID)
	m.Reply = &Reply{Interaction: i.id, User: i.user, Command: i.command, kind: i.kind, menu: i.menu}
	if i.source != nil && i.kind == interactionComponent {
		m.ReplyTo = i.source.ID
	}
	if ephemeral {
		m.Ephemeral, m.Flags = i.user, flagEphemeral
	}
	return m
}

// posted puts a message made through an interaction in its channel; the lock is held.
func (w *Workspace) posted(i *interaction, m *Message) {
	i.messages = append(i.messages, m.ID)
	w.post(m)
}

func (w *Workspace) answerMessage(what string, i *interaction, data object, files []file) error {
	m, err := w.fill(what, toAnswer, i, data, files)
	if err != nil {
		return err
	}
	i.original = m.ID
	w.posted(i, m)
	i.seen = Seen{Message: w.copied(m)}
	return nil
}

// fill makes a message through an interaction from a body; the lock is held.
func (w *Workspace) fill(what string, p purpose, i *interaction, data object, files []file) (*Message, error) {
	d, err := w.draft(what, p, data, files, nil)
	if err != nil {
		return nil, err
	}
	sender := w.can(BotUserID, w.channels[i.channel])
	if err := d.mayShow(sender); err != nil {
		return nil, err
	}
	m := w.reply(i, d.flags&flagEphemeral != 0)
	if err := w.apply(d, m, sender); err != nil {
		return nil, err
	}
	return m, nil
}

func (w *Workspace) answerDeferred(what string, i *interaction, data object) error {
	check := newChecker()
	fields := map[string]property{
		"flags": may(func(c *checker, v any, path string) {
			if flags, ok := whole(v); !ok || flags&^flagEphemeral != 0 {
				c.fail(path, "MESSAGE_FLAGS_INVALID", "Only EPHEMERAL may be set on a deferred answer")
			}
		}),
		"content": may(empty), "tts": may(empty), "embeds": may(empty), "components": may(empty), "allowed_mentions": may(ignored),
	}
	check.shape(shape{fields: fields}, data, "")
	w.noteUnknown(what, check)
	if err := check.err(); err != nil {
		return err
	}
	m := w.reply(i, count(data, "flags", 0)&flagEphemeral != 0)
	m.Loading = true
	m.Flags |= flagLoading
	i.original = m.ID
	w.posted(i, m)
	i.seen = Seen{Message: w.copied(m), Deferred: true}
	return nil
}

func (w *Workspace) answerUpdate(what string, i *interaction, data object, files []file) error {
	if w.byID[i.source.ID] == nil {
		return unknownMessage()
	}
	// The ephemeral flag may come along: the message is as private as it was.
	body := maps.Clone(data)
	delete(body, "tts")
	if flags, ok := whole(body["flags"]); ok && flags&flagEphemeral != 0 {
		delete(body, "flags")
	}
	if err := w.edit(what, i.source, body, files, w.can(BotUserID, w.channels[i.channel])); err != nil {
		return err
	}
	i.original = i.source.ID
	i.seen = Seen{Message: w.copied(i.source)}
	return nil
}

func (w *Workspace) answerChoices(what string, i *interaction, data object) error {
	check := newChecker()
	check.shape(shape{fields: map[string]property{
		"choices": may(list(0, maxChoices, with(choiceShape(i.offered)))),
		"content": may(empty), "tts": may(empty), "embeds": may(empty), "components": may(empty),
	}}, data, "")
	w.noteUnknown(what, check)
	if err := check.err(); err != nil {
		return err
	}
	locale := w.users[i.user].Locale
	i.choices = []Choice{}
	for _, o := range objects(data["choices"]) {
		name, _ := o["name"].(string)
		local := map[string]string{}
		given, _ := o["name_localizations"].(object)
		for key, v := range given {
			local[key], _ = v.(string)
		}
		i.choices = append(i.choices, Choice{Name: localText(name, local, locale), Value: plainValue(o["value"])})
	}
	return nil
}

func (w *Workspace) answerModal(what string, i *interaction, data object) error {
	check := newChecker()
	check.modal = true
	check.shape(modalShape(), data, "")
	w.noteUnknown(what, check)
	if err := check.err(); err != nil {
		return err
	}
	m := &Modal{ID: w.snowflake(), User: i.user, Channel: i.channel, Components: encode(keptComponents(data["components"]))}
	m.CustomID, _ = data["custom_id"].(string)
	m.Title, _ = data["title"].(string)
	if i.source != nil {
		m.Message = i.source.ID
		m.source = i.source
	}
	w.modals[i.user] = m
	open := *m
	i.seen = Seen{Modal: &open}
	return nil
}

// copied is a message as it is now, for handing out.
func (w *Workspace) copied(m *Message) *Message {
	said := w.shown(m)
	said.former = slices.Clone(m.former)
	return &said
}
