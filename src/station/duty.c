/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * duty - who is at work. Pure; see duty.h.
 *
 * A badge alone opens nothing, and a code that is no badge of this post's
 * list never gets this far: what a citizen shows cannot be a command.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>

#define NAMES_A_PAGE 8

void
duty_init(struct duty *duty)
{
	memset(duty, 0, sizeof(*duty));
}

void
duty_forget(struct duty *duty)
{
	explicit_bzero(duty->pin, sizeof(duty->pin));
	explicit_bzero(duty->secret, sizeof(duty->secret));
	duty->step = DUTY_IDLE;
	duty->ask = duty->by_badge = false;
	duty->check_n = 0;
	duty->wait_ms = 0;
	duty->problem[0] = '\0';
}

/* ---- the roster ------------------------------------------------------------------- */

static struct duty_officer *
find(struct duty *duty, const char *id)
{
	for (size_t i = 0; i < duty->n; i++)
		if (strcmp(duty->list[i].id, id) == 0)
			return &duty->list[i];
	return NULL;
}

/* Whoever is no longer in the list is no longer at work. */
static void
roster_whole(struct duty *duty)
{
	const struct duty_officer *now = find(duty, duty->on.id);

	duty->told = true;
	duty->broken = false;
	if (!duty_needed(duty))
		duty_forget(duty); /* nobody is there to be asked for */
	if (duty->on.id[0] == '\0')
		return;
	if (now != NULL)
		duty->on = *now;
	else
		duty->on = (struct duty_officer){ .id = "" };
}

void
duty_roster(struct duty *duty, size_t n)
{
	duty->n = 0;
	duty->coming = n;
	if (n == 0)
		roster_whole(duty);
}

void
duty_roster_one(struct duty *duty, const struct duty_officer *officer)
{
	if (duty->coming == 0 || duty->n == OFFICERS_MAX)
		return;
	duty->list[duty->n++] = *officer;
	if (--duty->coming == 0)
		roster_whole(duty);
}

bool
duty_begin(struct duty *duty, const char *id)
{
	const struct duty_officer *who = find(duty, id);

	if (who == NULL || duty->coming > 0)
		return false;
	duty->on = *who;
	duty->locked = false;
	return true;
}

bool
duty_needed(const struct duty *duty)
{
	return duty->broken || duty->n > 0 || duty->coming > 0;
}

bool
duty_closed(const struct duty *duty)
{
	return duty_needed(duty) && (duty->locked || duty->on.id[0] == '\0');
}

bool
duty_may(const struct duty *duty, enum right right)
{
	return duty->on.id[0] != '\0' && !duty->locked &&
	    right_at_once(right) && right_of(duty->on.role, right);
}

bool
duty_holder(const struct duty *duty, enum right right)
{
	for (size_t i = 0; i < duty->n; i++)
		if (right_of(duty->list[i].role, right))
			return true;
	return false;
}

/* ---- asking ---------------------------------------------------------------------------- */

static enum right
asked_right(const struct duty *duty)
{
	return duty->why == DUTY_RIGHT ? duty->right : RIGHT_PEOPLE;
}

static bool
may_answer(const struct duty *duty, const struct duty_officer *who)
{
	/* Who decides about nobody leaves nobody standing. */
	if (duty->why == DUTY_LOG_IN)
		return !duty->busy || right_of(who->role, RIGHT_PEOPLE);
	return right_of(who->role, asked_right(duty));
}

static void
step(struct duty *duty, enum duty_step to, const struct moment *m)
{
	duty->step = to;
	duty->step_ms = m->now_ms;
	explicit_bzero(duty->pin, sizeof(duty->pin));
	duty->problem[0] = '\0';
}

static void
ask_pin(struct duty *duty, const struct duty_officer *who,
    const struct moment *m)
{
	duty->who = *who;
	duty->by_badge = false;
	explicit_bzero(duty->secret, sizeof(duty->secret));
	step(duty, DUTY_PIN, m);
}

/* The only one who can answer need not be picked. */
static const struct duty_officer *
only_one(const struct duty *duty)
{
	const struct duty_officer *found = NULL;

	if (duty->on.id[0] != '\0' && may_answer(duty, &duty->on))
		return &duty->on;
	for (size_t i = 0; i < duty->n; i++) {
		if (!may_answer(duty, &duty->list[i]))
			continue;
		if (found != NULL)
			return NULL;
		found = &duty->list[i];
	}
	return found;
}

static void
ask(struct duty *duty, enum duty_why why, const struct moment *m)
{
	const struct duty_officer *one;

	duty_forget(duty);
	duty->why = why;
	duty->page = 0;
	one = why == DUTY_RIGHT ? only_one(duty) :
	    duty->locked && duty->on.id[0] != '\0' ? &duty->on : NULL;
	if (one != NULL)
		ask_pin(duty, one, m);
	else
		step(duty, DUTY_WHO, m);
}

void
duty_ask(struct duty *duty, enum duty_why why, const struct moment *m)
{
	duty->questions++;
	ask(duty, why, m);
}

void
duty_ask_right(struct duty *duty, enum right right, const struct moment *m)
{
	duty->right = right;
	duty_ask(duty, DUTY_RIGHT, m);
}

/* ---- badges ------------------------------------------------------------------------------ */

static const char *
badge_wrong(const struct credential *badge)
{
	const struct credential_verification *v = &badge->verification;

	if (strcmp(v->signature, "valid") != 0)
		return strcmp(v->signature, "invalid") == 0 ?
		    N_("Badge: signature false") :
		    N_("Badge: signature could not be checked");
	/* Without a clock nobody could log in to confirm the time. */
	if (strcmp(v->time, "valid") != 0 && strcmp(v->time, "unknown") != 0)
		return N_("Badge: expired or not yet valid");
	return NULL;
}

const char *
duty_badge(struct duty *duty, const struct credential *badge,
    const char *secret, const struct moment *m)
{
	const char *wrong = badge_wrong(badge);
	const struct duty_officer *who = find(duty, badge->id);
	char mark[BADGE_MARK_MAX];

	if (!duty_needed(duty))
		return N_("Officer's badge: log-in is not set up here");
	if (wrong != NULL)
		return wrong;
	if (who == NULL || who->badge[0] == '\0' ||
	    badge_mark(secret, mark) < 0 || strcmp(mark, who->badge) != 0)
		return N_("Badge: not in this post's list");
	if (duty->step == DUTY_CHECKING)
		return NULL; /* the answer comes first */
	if (duty->step == DUTY_IDLE)
		duty->why = DUTY_LOG_IN;
	if (!may_answer(duty, who))
		return duty->why == DUTY_LOG_IN ?
		    N_("First decide who stands at the lanes") :
		    right_badge(asked_right(duty));
	duty->wait_ms = 0;
	ask_pin(duty, who, m);
	duty->by_badge = true;
	snprintf(duty->secret, sizeof(duty->secret), "%s", secret);
	return NULL;
}

/* ---- keys ----------------------------------------------------------------------------------- */

/* Those of the page; more: it is not the last. */
static size_t
names(const struct duty *duty, const struct duty_officer *out[NAMES_A_PAGE],
    bool *more)
{
	size_t from = duty->page * NAMES_A_PAGE, seen = 0, n = 0;

	for (size_t i = 0; i < duty->n; i++)
		if (may_answer(duty, &duty->list[i]) && seen++ >= from &&
		    n < NAMES_A_PAGE)
			out[n++] = &duty->list[i];
	*more = seen > from + NAMES_A_PAGE;
	return n;
}

static void
pick(struct duty *duty, char digit, const struct moment *m)
{
	const struct duty_officer *list[NAMES_A_PAGE];
	bool more;
	size_t n = names(duty, list, &more), at = (size_t)(digit - '1');

	if (digit == '0' || digit == '9')
		duty->page = more ? duty->page + 1 : 0;
	else if (at < n)
		ask_pin(duty, list[at], m);
}

static void
pin_digit(struct duty *duty, char digit)
{
	size_t n = strlen(duty->pin);

	if (n < OFFICER_PIN_MAX)
		duty->pin[n] = digit;
	duty->problem[0] = '\0';
}

static void
pin_done(struct duty *duty, const struct moment *m)
{
	if (m->now_ms < duty->wait_ms || duty->pin[0] == '\0')
		return;
	duty->step = DUTY_CHECKING;
	duty->check_n = ++duty->next_n;
	duty->ask = true;
}

static enum duty_event
escape(struct duty *duty, const struct moment *m)
{
	bool allows = duty->why == DUTY_RIGHT;

	if (duty_closed(duty) && duty->why == DUTY_LOG_IN) {
		duty->page = 0;
		duty->by_badge = false;
		explicit_bzero(duty->secret, sizeof(duty->secret));
		step(duty, DUTY_WHO, m);
		return DUTY_NOTHING;
	}
	duty_forget(duty);
	return allows ? DUTY_CANCELLED : DUTY_NOTHING;
}

bool
duty_input(struct duty *duty, const struct input *input,
    const struct moment *m, enum duty_event *event)
{
	char c = input->character[0];
	size_t n = strlen(duty->pin);

	*event = DUTY_NOTHING;
	duty->active_ms = m->now_ms;
	if (input->kind == INPUT_SCAN || input->action == ACTION_REDRAW)
		return false;
	if (duty_closed(duty) && duty->step == DUTY_IDLE)
		ask(duty, DUTY_LOG_IN, m);
	if (duty->step == DUTY_IDLE)
		return false;
	if (input->action == ACTION_QUIT && !duty->locked)
		return false;
	if (duty->step == DUTY_CHECKING)
		return true;
	if (input->action == ACTION_ESCAPE)
		*event = escape(duty, m);
	else if (duty->step == DUTY_WHO && c >= '0' && c <= '9')
		pick(duty, c, m);
	else if (duty->step == DUTY_PIN && input->action == ACTION_ENTER)
		pin_done(duty, m);
	else if (duty->step == DUTY_PIN && input->action == ACTION_BACKSPACE &&
	    n > 0)
		duty->pin[n - 1] = '\0';
	else if (duty->step == DUTY_PIN && c >= '0' && c <= '9')
		pin_digit(duty, c);
	return true;
}

/* ---- answers ---------------------------------------------------------------------------------- */

static enum duty_event
right(struct duty *duty, const struct moment *m)
{
	static const enum duty_event events[] = {
		[DUTY_LOG_IN] = DUTY_LOGGED_IN,
		[DUTY_TAKE_OVER] = DUTY_TAKEN_OVER,
		[DUTY_RIGHT] = DUTY_APPROVED,
	};
	enum duty_event event = events[duty->why];

	if (event != DUTY_APPROVED) {
		duty->on = duty->who;
		duty->locked = false;
	}
	duty->active_ms = m->now_ms;
	duty->step = DUTY_IDLE; /* the secret is still to be used */
	explicit_bzero(duty->pin, sizeof(duty->pin));
	return event;
}

enum duty_event
duty_answer(struct duty *duty, int64_t n, const char *word, long seconds,
    const struct moment *m)
{
	if (duty->step != DUTY_CHECKING || n != duty->check_n)
		return DUTY_NOTHING;
	duty->check_n = 0;
	if (strcmp(word, "right") == 0)
		return right(duty, m);
	step(duty, DUTY_PIN, m);
	duty->wait_ms = seconds > 0 ? m->now_ms + seconds * 1000 : 0;
	if (strcmp(word, "wrong") == 0) {
		snprintf(duty->problem, sizeof(duty->problem), "%s",
		    _("The PIN does not fit"));
		return DUTY_WRONG;
	}
	if (strcmp(word, "wait") != 0)
		snprintf(duty->problem, sizeof(duty->problem), "%s",
		    _("The PIN cannot be checked now: try again"));
	return DUTY_NOTHING;
}

/* ---- lock and time ------------------------------------------------------------------------------- */

void
duty_lock(struct duty *duty, const struct moment *m)
{
	if (!duty_needed(duty) || duty->on.id[0] == '\0')
		return;
	duty->locked = true;
	duty_ask(duty, DUTY_LOG_IN, m);
}

void
duty_log_out(struct duty *duty, const struct moment *m)
{
	duty->on = (struct duty_officer){ .id = "" };
	duty->locked = false;
	if (duty_needed(duty))
		duty_ask(duty, DUTY_LOG_IN, m);
}

bool
duty_tick(struct duty *duty, bool idle, const struct moment *m)
{
	if (duty_closed(duty) && duty->step == DUTY_IDLE)
		ask(duty, DUTY_LOG_IN, m);
	/* A badge that was shown and left must not wait for a thief's PIN. */
	if (duty->by_badge && duty->step == DUTY_PIN &&
	    m->now_ms - duty->step_ms >= DUTY_BADGE_MS) {
		enum duty_why why = duty->why;

		duty_forget(duty);
		if (duty_closed(duty))
			ask(duty, why, m);
	}
	if (!idle)
		duty->active_ms = m->now_ms;
	if (duty_closed(duty) || !duty_needed(duty) || duty->step != DUTY_IDLE ||
	    m->now_ms - duty->active_ms < DUTY_IDLE_MS)
		return false;
	duty_lock(duty, m);
	return true;
}

/* ---- view ------------------------------------------------------------------------------------------- */

static void
who_panel(const struct duty *duty, struct view_panel *panel)
{
	const struct duty_officer *list[NAMES_A_PAGE];
	bool more;
	size_t n = names(duty, list, &more);

	for (size_t i = 0; i < n; i++) {
		panel->choices[i].key = (char)('1' + i);
		snprintf(panel->choices[i].text, VIEW_TEXT_MAX, "%s, %s",
		    list[i]->name, role_text(list[i]->role));
	}
	panel->nchoices = n;
	if (!more && duty->page == 0)
		return;
	panel->choices[n].key = '9';
	snprintf(panel->choices[panel->nchoices++].text, VIEW_TEXT_MAX, "%s",
	    _("more names"));
}

static void
pin_panel(const struct duty *duty, const struct moment *m,
    struct view_panel *panel)
{
	int64_t left_ms = duty->wait_ms - m->now_ms;
	size_t n = strlen(duty->pin);

	snprintf(panel->lines[panel->nlines++], VIEW_TEXT_MAX,
	    _("PIN of %s, then Enter"), duty->who.name);
	panel->asks = true;
	memset(panel->typed, '*', n);
	panel->typed[n] = '\0';
	if (duty->step == DUTY_CHECKING)
		snprintf(panel->problem, sizeof(panel->problem), "%s",
		    _("Checking the PIN…"));
	else if (left_ms > 0)
		snprintf(panel->problem, sizeof(panel->problem),
		    _("Wrong PINs: wait %ld s"), (long)((left_ms + 999) / 1000));
	else
		snprintf(panel->problem, sizeof(panel->problem), "%s",
		    duty->problem);
}

void
duty_panel(const struct duty *duty, const struct moment *m,
    struct view_panel *panel)
{
	panel->covers = duty_closed(duty);
	snprintf(panel->title, sizeof(panel->title), "%s",
	    duty->locked ? _("Locked: scan badge") :
	    duty->why == DUTY_LOG_IN ?
	    _("Log in: scan the badge, or pick a name") :
	    right_question(asked_right(duty)));
	if (duty->broken)
		snprintf(panel->lines[panel->nlines++], VIEW_TEXT_MAX, "%s",
		    _("The list of officers cannot be read: call the help desk"));
	if (duty->step == DUTY_PIN || duty->step == DUTY_CHECKING)
		pin_panel(duty, m, panel);
	else
		who_panel(duty, panel);
}
