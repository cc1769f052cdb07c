package handlers

import (
	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/store"
)

// CardView lets the tests draw cards without a register.
type CardView = cardView

// DrawCard draws a card.
func (a *App) DrawCard(lang string, v CardView) bot.Message { return a.card(lang, v) }

// ClarifyingQuestion draws what a reporter is asked.
func (a *App) ClarifyingQuestion(lang string, c store.Incident) []bot.Block {
	return a.clarifyingQuestion(lang, c)
}
