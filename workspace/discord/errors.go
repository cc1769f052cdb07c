package discord

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// refusal is an error answer of the API: a status, and a body with a code and a message, and for an invalid body what is
// wrong where. https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
type refusal struct {
	status  int
	code    int
	message string
	errors  object
	form    []formError
}

// Error words a refusal as the problems do.
func (e *refusal) Error() string {
	words := fmt.Sprintf("%d %s", e.code, e.message)
	for _, f := range e.form {
		words += fmt.Sprintf("; %s: %s: %s", f.path, f.code, f.text)
	}
	return words
}

func (e *refusal) body() object {
	body := object{"code": e.code, "message": e.message}
	if e.errors != nil {
		body["errors"] = e.errors
	}
	return body
}

func refuse(status, code int, message string) error {
	return &refusal{status: status, code: code, message: message}
}

// The refusals that are given in more than one place.
func unknownChannel() error { return refuse(http.StatusNotFound, 10003, "Unknown Channel") }
func unknownMessage() error { return refuse(http.StatusNotFound, 10008, "Unknown Message") }
func unknownUser() error    { return refuse(http.StatusNotFound, 10013, "Unknown User") }
func unknownWebhook() error { return refuse(http.StatusNotFound, 10015, "Unknown Webhook") }
func unknownInteraction() error {
	return refuse(http.StatusNotFound, 10062, "Unknown interaction")
}
func unknownCommand() error { return refuse(http.StatusNotFound, 10063, "Unknown application command") }
func unauthorized() error   { return refuse(http.StatusUnauthorized, 0, "401: Unauthorized") }
func missingAccess() error  { return refuse(http.StatusForbidden, 50001, "Missing Access") }
func missingPermissions() error {
	return refuse(http.StatusForbidden, 50013, "Missing Permissions")
}
func cannotMessageUser() error {
	return refuse(http.StatusForbidden, 50007, "Cannot send messages to this user")
}
func emptyMessage() error {
	return refuse(http.StatusBadRequest, 50006, "Cannot send an empty message")
}
func malformedBody() error {
	return refuse(http.StatusBadRequest, 50109, "The request body contains invalid JSON.")
}
func entityTooLarge() error {
	return refuse(http.StatusRequestEntityTooLarge, 40005, "Request entity too large")
}

// errBroken is an injected internal error.
var errBroken = errors.New("internal error by fault")

// carelessness are the codes that a well-behaved app never meets, whatever people and administrators do: an invalid body,
// a second or late acknowledgement, an unknown address, a wrong token. They are recorded as problems.
var carelessness = []int{0, 10062, 20012, 30032, 30034, 40060, 40333, 50006, 50027, 50035, 50041, 50109}

// note records a refusal as a problem when it tells of carelessness; the lock is held.
func (w *Workspace) note(what string, err error) {
	if no, ok := errors.AsType[*refusal](err); ok && slices.Contains(carelessness, no.code) {
		w.problem("%s: %s", what, no.Error())
	}
}

// noteUnknown records fields that the documentation does not have. The platform reads past them, so that what was meant by
// them is lost; the lock is held.
func (w *Workspace) noteUnknown(what string, c *checker) {
	if len(c.unknown) > 0 {
		w.problem("%s: unknown fields: %s", what, strings.Join(c.unknown, ", "))
	}
}
