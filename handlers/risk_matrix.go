package handlers

import (
	"context"
	"fmt"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// riskMatrixDelivery is the kind of delivery that hands on the picture of the risks.
const riskMatrixDelivery = "risk_matrix"

// askForRiskMatrix hands on the risks as a picture, before and after measures, in a direct message.
func (a *App) askForRiskMatrix(ctx context.Context, req bot.Request) (bot.Reply, error) {
	lang := a.language(ctx, req.Actor)
	_, may, err := a.mayWithRisks(ctx, req.Actor, policy.SeeRisks)
	if err != nil {
		return bot.Reply{}, err
	}
	if !may {
		denied, err := a.refuse(ctx, req, lang, "", string(policy.SeeRisks))
		return orEmpty(denied), err
	}
	err = a.once(ctx, req.Key, func(tx *store.Tx) error {
		if err := a.post(ctx, tx, []store.Delivery{personal(req.Actor, riskMatrixDelivery, nil)}); err != nil {
			return err
		}
		return a.audit(ctx, tx, actorName(req.Actor), "risks.matrix_sent", "", map[string]any{})
	})
	if err != nil {
		return bot.Reply{}, fmt.Errorf("handing on the matrix of risks: %w", err)
	}
	return a.private(lang, "risk.matrix_sent"), nil
}

// sendRiskMatrix draws the risks as they stand now, and hands the picture on, unless its recipient no longer may have it.
func (a *App) sendRiskMatrix(ctx context.Context, surface bot.Surface, to bot.Address, lang string) error {
	_, may, err := a.mayWithRisks(ctx, bot.Actor{Surface: to.Surface, ID: to.User}, policy.SeeRisks)
	if err != nil {
		return err
	}
	if !may {
		return errPointless
	}
	risks, err := a.Store.OpenRisks(ctx, "")
	if err != nil {
		return err
	}
	file, err := a.RiskMatrix(lang, risks)
	if err != nil {
		return fmt.Errorf("drawing the matrix of risks: %w", err)
	}
	return surface.SendFile(ctx, to, file.Name, file.Alt, file.Content)
}
