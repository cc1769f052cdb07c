package slack

import (
	"slices"
	"strings"
	"time"
)

// userObject is a user as the API shows it; the e-mail address takes the scope users:read.email.
// https://docs.slack.dev/reference/objects/user-object
func (c *call) userObject(u *User, withLocale bool) object {
	profile := object{"real_name": u.RealName, "real_name_normalized": u.RealName, "display_name": u.Name, "title": u.Title,
		"team": TeamID}
	if u.Email != "" && c.need("users:read.email") == nil {
		profile["email"] = u.Email
	}
	o := object{
		"id": u.ID, "team_id": TeamID, "name": u.Name, "real_name": u.RealName, "deleted": u.Deleted, "is_bot": u.Bot,
		"is_app_user": false, "is_admin": false, "is_owner": false, "is_restricted": false, "is_ultra_restricted": false,
		"profile": profile, "updated": 1,
	}
	if u.TZ != "" {
		o["tz"], o["tz_label"] = u.TZ, u.TZ
		if zone, err := time.LoadLocation(u.TZ); err == nil {
			_, o["tz_offset"] = c.w.now().In(zone).Zone()
		}
	}
	if withLocale {
		o["locale"] = u.Locale
	}
	return o
}

func (c *call) userInfo() (object, error) {
	u := c.w.users[c.args.str("user")]
	if u == nil {
		return nil, refuse("user_not_found")
	}
	return object{"user": c.userObject(u, c.args.bool("include_locale"))}, nil
}

func (c *call) lookupByEmail() (object, error) {
	email := c.args.str("email")
	for _, id := range c.w.people {
		if u := c.w.users[id]; email != "" && strings.EqualFold(u.Email, email) && !u.Deleted {
			return object{"user": c.userObject(u, false)}, nil
		}
	}
	return nil, refuse("users_not_found")
}

func (c *call) listUsers() (object, error) {
	ids, next, err := c.page(append(slices.Clone(c.w.people), BotUserID))
	if err != nil {
		return nil, err
	}
	members := make([]object, len(ids))
	for i, id := range ids {
		members[i] = c.userObject(c.w.users[id], c.args.bool("include_locale"))
	}
	return object{"members": members, "cache_ts": c.w.now().Unix(), "response_metadata": object{"next_cursor": next}}, nil
}
