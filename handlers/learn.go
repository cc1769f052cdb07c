package handlers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

const (
	// enoughDecisions is how many categories must be confirmed before anything is learnt from them.
	enoughDecisions = 20
	// moreDecisions is how many more, at least, before it is learnt anew.
	moreDecisions = 10
	// mostDecisions bounds what is learnt from, to the latest: the ways of a municipality change, and learning takes some seconds.
	mostDecisions = 1000
)

// modelInUse is the classifier of a version of the model.
type modelInUse struct {
	version    int64
	classifier *policy.Classifier
}

// classifier is the one that this process categorises reports with.
func (a *App) classifier() *policy.Classifier {
	if m := a.model.Load(); m != nil {
		return m.classifier
	}
	return a.Classifier
}

// UseModelInForce has this process categorise by the model that is in force in the register.
func (a *App) UseModelInForce(ctx context.Context) error {
	inForce, err := a.Store.ModelInForce(ctx)
	if err != nil {
		return err
	}
	if m := a.model.Load(); m != nil && m.version == inForce.Version {
		return nil
	}
	classifier, err := a.classifierOf(ctx, inForce.Version)
	switch {
	case errors.Is(err, policy.ErrOtherPrior):
		classifier = a.Classifier
		a.Log.WarnContext(ctx, "categorising without the model in force: another version of the program made it", "version", inForce.Version)
	case err != nil:
		return err
	default:
		a.Log.InfoContext(ctx, "categorising by the model in force", "version", inForce.Version)
	}
	a.model.Store(&modelInUse{inForce.Version, classifier})
	a.Metrics.model.Set(float64(inForce.Version))
	return nil
}

// classifierOf makes the classifier of a version of the model; 0 is the program's own alone.
func (a *App) classifierOf(ctx context.Context, version int64) (*policy.Classifier, error) {
	if version == 0 {
		return a.Classifier, nil
	}
	weights, err := a.Store.ModelWeights(ctx, version)
	if err != nil {
		return nil, err
	}
	classifier, err := a.Classifier.With(weights)
	if err != nil {
		return nil, fmt.Errorf("reading model %d: %w", version, err)
	}
	return classifier, nil
}

// Learn makes a model of what has been decided, when there is enough that the latest one does not know, and puts it in force when it is
// better than the program's own alone.
func (a *App) Learn(ctx context.Context) error {
	latest, err := a.Store.LatestModel(ctx)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	inForce, err := a.Store.ModelInForce(ctx)
	if err != nil {
		return err
	}
	if worth, err := a.worthLearning(ctx, latest, inForce); err != nil || !worth {
		return err
	}
	incidents, err := a.Store.ConfirmedIncidents(ctx, mostDecisions)
	if err != nil {
		return err
	}
	decided := make([]policy.Decided, len(incidents))
	for i, c := range incidents {
		decided[i] = policy.Decided{Report: policy.Report{Text: c.Text, Done: c.Done, Form: c.Form}, Category: c.Category}
	}
	learnt := a.Classifier.Learn(decided)
	made := store.Model{
		Examples: learnt.Examples, RightBefore: learnt.RightBefore, RightAfter: learnt.RightAfter, Better: learnt.Better,
	}
	err = a.Store.InTx(ctx, func(tx *store.Tx) error {
		if now, err := tx.ModelInForce(ctx); err != nil || now != inForce { // a person was first
			return cmp.Or(err, errDone)
		}
		if now, err := tx.LatestModel(ctx); err != nil && !errors.Is(err, store.ErrNotFound) || now != latest { // another process was
			return cmp.Or(err, errDone)
		}
		if err := tx.AddModel(ctx, &made, learnt.Model); err != nil {
			return err
		}
		if made.Better {
			if err := tx.PutInForce(ctx, store.ModelInForce{Version: made.Version}); err != nil {
				return err
			}
		}
		return a.audit(ctx, tx, "system", "model.trained", fmt.Sprintf("model-%d", made.Version), map[string]any{
			"version": made.Version, "examples": made.Examples, "right_before": made.RightBefore, "right_after": made.RightAfter,
			"in_force": made.Better,
		})
	})
	if errors.Is(err, errDone) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("keeping a model: %w", err)
	}
	a.Log.InfoContext(ctx, "learnt from decisions", "version", made.Version, "examples", made.Examples,
		"right_before", made.RightBefore, "right_after", made.RightAfter, "in_force", made.Better)
	return a.UseModelInForce(ctx)
}

// worthLearning tells whether there are enough decisions that the latest model does not know, counted from when a person last put a model
// in force by hand when that was later: their choice stands until more has been decided. A model that this program cannot use is made
// anew at once.
func (a *App) worthLearning(ctx context.Context, latest store.Model, inForce store.ModelInForce) (bool, error) {
	all, err := a.Store.ConfirmedSince(ctx, time.Time{})
	if err != nil || all < enoughDecisions {
		return false, err
	}
	since, more := latest.TrainedAt, max(moreDecisions, latest.Examples/10)
	byHand := latest.Version != 0 && inForce.Since.After(latest.TrainedAt)
	switch {
	case byHand:
		since = inForce.Since
	case latest.Version == 0:
		return true, nil
	default:
		_, err := a.classifierOf(ctx, latest.Version)
		if errors.Is(err, policy.ErrOtherPrior) {
			return true, nil
		}
		if err != nil {
			return false, err
		}
	}
	fresh, err := a.Store.ConfirmedSince(ctx, since)
	return fresh >= more, err
}
