package store

import (
	"context"
	"fmt"
)

const attachmentColumns = `id, incident_id, surface, file_id, name, type, size, sha256, fetched_at, failure`

func attachmentFields(a *Attachment) []any {
	return []any{
		&a.ID, &a.IncidentID, &a.Surface, &a.FileID, &a.Name, &a.Type, &a.Size, &a.SHA256, optionalMillis{&a.FetchedAt}, &a.Failure,
	}
}

var insertAttachment = insertInto("attachments", attachmentColumns)

// AddAttachments records the files that came with a report, to be fetched later, and fills in their ID and IncidentID.
func (tx *Tx) AddAttachments(ctx context.Context, incidentID int64, attachments []Attachment) error {
	for i := range attachments {
		a := &attachments[i]
		a.IncidentID = incidentID
		var err error
		if a.ID, err = one(ctx, tx, itself[int64], insertAttachment, attachmentFields(a)[1:]...); err != nil {
			return fmt.Errorf("add an attachment: %w", err)
		}
	}
	return nil
}

// StoreAttachment keeps the content of an attachment that was fetched, with its hex SHA-256. Storing it again replaces
// it. ErrNotFound when there is no such attachment.
func (tx *Tx) StoreAttachment(ctx context.Context, id int64, content []byte, sha256 string) error {
	n, err := tx.exec(ctx, `UPDATE attachments SET size = ?, sha256 = ?, fetched_at = ?, failure = '' WHERE id = ?`,
		len(content), sha256, tx.Now.UnixMilli(), id)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return doing("store an attachment", err)
	}
	if content == nil {
		content = []byte{} // an empty file, not a missing one
	}
	_, err = tx.exec(ctx, `INSERT INTO attachment_contents (attachment_id, content) VALUES (?, ?) `+
		`ON CONFLICT (attachment_id) DO UPDATE SET content = excluded.content`, id, content)
	return doing("store an attachment's content", err)
}

// FailAttachment records the code of why an attachment will never be fetched. ErrNotFound when there is no such attachment.
func (tx *Tx) FailAttachment(ctx context.Context, id int64, code string) error {
	n, err := tx.exec(ctx, `UPDATE attachments SET failure = ? WHERE id = ?`, code, id)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	return doing("give up an attachment", err)
}

// Attachment returns the attachment, or ErrNotFound.
func (s *Store) Attachment(ctx context.Context, id int64) (Attachment, error) {
	a, err := readOne(ctx, s, attachmentFields, `SELECT `+attachmentColumns+` FROM attachments WHERE id = ?`, id)
	return a, doing("read an attachment", err)
}

// Attachments returns an incident's attachments in order.
func (s *Store) Attachments(ctx context.Context, incidentID int64) ([]Attachment, error) {
	found, err := readMany(ctx, s, attachmentFields,
		`SELECT `+attachmentColumns+` FROM attachments WHERE incident_id = ? ORDER BY id`, incidentID)
	return found, doing("read an incident's attachments", err)
}

// PendingAttachments returns those that have neither been fetched nor given up, oldest first.
func (s *Store) PendingAttachments(ctx context.Context) ([]Attachment, error) {
	found, err := readMany(ctx, s, attachmentFields,
		`SELECT `+attachmentColumns+` FROM attachments WHERE fetched_at IS NULL AND failure = '' ORDER BY id`)
	return found, doing("read the pending attachments", err)
}

// AttachmentContent returns the bytes of an attachment, or ErrNotFound when they have not been fetched.
func (s *Store) AttachmentContent(ctx context.Context, id int64) ([]byte, error) {
	content, err := readOne(ctx, s, itself[[]byte], `SELECT content FROM attachment_contents WHERE attachment_id = ?`, id)
	return content, doing("read an attachment's content", err)
}
