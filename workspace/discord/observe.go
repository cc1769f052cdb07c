package discord

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
)

// Messages returns what lies in a channel, oldest first, ephemeral messages of every person included. Deleted ones are gone.
func (w *Workspace) Messages(channel string) []Message {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]Message, 0, len(w.messages[channel]))
	for _, m := range w.messages[channel] {
		all = append(all, w.shown(m))
	}
	return all
}

// AllMessages returns the messages of every channel, oldest first.
func (w *Workspace) AllMessages() []Message {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []Message
	for _, list := range w.messages {
		for _, m := range list {
			all = append(all, w.shown(m))
		}
	}
	slices.SortFunc(all, func(a, b Message) int { return compareIDs(a.ID, b.ID) })
	return all
}

// Ephemerals returns the messages that only one user sees, of every channel, oldest first.
func (w *Workspace) Ephemerals(user string) []Message {
	return slices.DeleteFunc(w.AllMessages(), func(m Message) bool { return m.Ephemeral != user })
}

// Commands returns the commands registered, global ones first.
func (w *Workspace) Commands() []Command {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]Command, 0, len(w.commands))
	for _, c := range w.commands {
		all = append(all, *c)
	}
	slices.SortStableFunc(all, func(a, b Command) int { return cmp.Compare(len(a.GuildID), len(b.GuildID)) })
	return all
}

// Modal returns the dialog that a user has before them; nil when there is none.
func (w *Workspace) Modal(user string) *Modal {
	w.mu.Lock()
	defer w.mu.Unlock()
	if m := w.modals[user]; m != nil {
		open := *m
		return &open
	}
	return nil
}

// Calls returns the API calls so far, oldest first; only the latest 20,000 are kept.
func (w *Workspace) Calls() []Call {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.calls)
}

// Problems returns everything the app did that the platform would refuse or that breaks a documented rule, in words.
// A test of a well-behaved app asserts that it is empty.
func (w *Workspace) Problems() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.problems)
}

// Sessions tells how many gateway sessions are open: identified or resumed, and connected.
func (w *Workspace) Sessions() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, s := range w.sessions {
		if s.conn != nil {
			n++
		}
	}
	return n
}

// Until waits until holds returns true; it is asked again after every change in the workspace. It returns ctx's error
// when ctx ends first. holds may call the workspace.
func (w *Workspace) Until(ctx context.Context, holds func() bool) error {
	for {
		w.mu.Lock()
		changed := w.changed
		w.mu.Unlock()
		if holds() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("waiting for a change in the workspace: %w", ctx.Err())
		case <-w.done:
			return errors.New("waiting for a change in the workspace: it was closed")
		}
	}
}

// shown returns a copy of a message as it is now: a deferred answer whose token has died will never come; the lock is held.
func (w *Workspace) shown(m *Message) Message {
	said := *m
	said.Expired = m.Loading && w.now().Sub(m.At) >= tokenLives
	return said
}
