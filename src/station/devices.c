/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devices - the readers of a lane, one child process each.
 *
 * A reader that ends, falls silent or reports a fault is shown as lost until
 * its next `ok` or reading. Bytes that are no event line change nothing.
 */
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STALE_MS 30000

struct slot {
	struct devices *all;
	enum reader_role role;
	int number; /* of its role in the lane, from 1 */
	struct child *child;
	bool heard; /* it has said that its device is open */
	bool lost;
	char words[EVENT_WORDS_MAX]; /* why it is lost */
	unsigned faults;
	int64_t last_ms; /* of the last reading */
	char last[64];   /* what it was, without a person in it */
	char raw[EVENT_WORDS_MAX]; /* its last bytes while they are shown */
	int64_t raw_ms;
	struct drift drift; /* of a thermometer */
};

struct devices {
	struct loop *loop;
	bool asked; /* for the last bytes */
	struct devices_calls calls;
	struct event event; /* the one being parsed: large */
	size_t n;
	struct slot slots[4 * CONF_DEVICES_MAX];
};

static void
lose(struct slot *slot, const char *words)
{
	char said[EVENT_WORDS_MAX];

	fault_words(words, said, sizeof(said));
	slot->faults++;
	slot->lost = true;
	text_clean(said, strlen(said), slot->words, sizeof(slot->words));
	slot->all->calls.changed(slot->all->calls.arg);
}

static void
found(struct slot *slot)
{
	if (!slot->lost && slot->heard)
		return;
	slot->heard = true;
	slot->lost = false;
	slot->words[0] = '\0';
	slot->all->calls.changed(slot->all->calls.arg);
}

/* "scanner: /dev/ttyUSB0: ..." is the device; anything else is what came out
 * of it: a code that is too long, a broken frame. It works all the same. */
static void
fault(struct slot *slot, const char *words)
{
	const char *role = reader_role_word(slot->role);
	size_t n = strlen(role);

	if (strncmp(words, role, n) == 0 && words[n] == ':')
		lose(slot, words);
	else {
		slot->faults++;
		slot->all->calls.event(slot->all->calls.arg, slot->role,
		    slot->number, &slot->all->event);
	}
}

/* What came, for the devices page: no payload, no plate. */
static void
remember(struct slot *slot)
{
	const struct event *event = &slot->all->event;
	const struct event_temp *t = &event->temp;

	slot->last_ms = loop_now_ms(slot->all->loop);
	if (event->kind == EVENT_SCAN && strcmp(event->word, "unknown") == 0)
		snprintf(slot->last, sizeof(slot->last), _("%zu bytes"),
		    event->payload_len);
	else if (event->kind == EVENT_SCAN)
		snprintf(slot->last, sizeof(slot->last), _("%s, %zu bytes"),
		    event->word, event->payload_len);
	else if (event->kind == EVENT_PLATE)
		snprintf(slot->last, sizeof(slot->last), "%s", _("a plate"));
	else {
		drift_add(&slot->drift, t);
		/* a comma or a point, by language */
		snprintf(slot->last, sizeof(slot->last),
		    _("%d.%02d (%d.%02d), %s"),
		    t->result_mc / 1000, abs(t->result_mc % 1000) / 10,
		    t->raw_mc / 1000, abs(t->raw_mc % 1000) / 10,
		    view_word(t->quality));
	}
}

/* An answer that comes after the page was left is not kept. */
static void
keep_raw(struct slot *slot)
{
	const struct event *event = &slot->all->event;

	if (!slot->all->asked || strcmp(event->words, "-") == 0)
		return;
	memcpy(slot->raw, event->words, sizeof(slot->raw));
	slot->raw_ms = loop_now_ms(slot->all->loop) - event->age_ms;
	slot->all->calls.changed(slot->all->calls.arg);
}

static void
on_line(void *arg, char *line, size_t len)
{
	struct slot *slot = arg;
	struct devices *d = slot->all;
	struct err err = { 0 };

	(void)len;
	if (event_parse(line, &d->event, &err) != 0) {
		log_line(0, LOG_LEVEL_WARN, "%s %d: %s",
		    reader_role_word(slot->role), slot->number, err.text);
		return;
	}
	switch (d->event.kind) {
	case EVENT_FAULT:
		fault(slot, d->event.words);
		break;
	case EVENT_OK:
		found(slot);
		break;
	case EVENT_SCAN:
	case EVENT_TEMP:
	case EVENT_PLATE:
		found(slot);
		remember(slot);
		/* fall through */
	case EVENT_HINT:
		d->calls.event(d->calls.arg, slot->role, slot->number,
		    &d->event);
		break;
	case EVENT_RAW:
		keep_raw(slot);
		break;
	default:
		break;
	}
}

static void
on_state(void *arg, enum child_state state, const char *words)
{
	struct slot *slot = arg;

	if (state == CHILD_DOWN || state == CHILD_STALE)
		lose(slot, words);
}

static int
add(struct devices *d, enum reader_role role, const struct conf_devices *list,
    const struct station_options *options, struct err *err)
{
	for (size_t i = 0; i < list->count; i++) {
		struct slot *slot = &d->slots[d->n];
		char *argv[] = { (char *)options->self, (char *)"read",
			(char *)reader_role_word(role),
			(char *)list->device[i], NULL };
		struct child_spec spec = {
			.name = reader_role_word(role), .argv = argv,
			.line_max = EVENT_LINE_MAX, .stale_ms = STALE_MS,
			.restart_min_ms = 250, .restart_max_ms = 10000,
			.on_line = on_line, .on_state = on_state, .arg = slot,
		};

		*slot = (struct slot){ .all = d, .role = role,
			.number = (int)i + 1 };
		d->n++;
		slot->child = child_start(d->loop, &spec, err);
		if (slot->child == NULL)
			return -1;
	}
	return 0;
}

struct devices *
devices_start(struct loop *loop, const struct conf_lane *lane,
    const struct station_options *options, const struct devices_calls *calls,
    struct err *err)
{
	struct devices *d = calloc(1, sizeof(*d));

	if (d == NULL)
		mem_none();
	d->loop = loop;
	d->calls = *calls;
	if (add(d, ROLE_SCANNER, &lane->scanner, options, err) != 0 ||
	    add(d, ROLE_THERMOMETER, &lane->thermometer, options, err) != 0 ||
	    add(d, ROLE_CAMERA, &lane->camera, options, err) != 0 ||
	    add(d, ROLE_PLATE, &lane->plate, options, err) != 0) {
		devices_stop(d);
		return NULL;
	}
	return d;
}

void
devices_stop(struct devices *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < d->n; i++)
		child_stop(d->slots[i].child);
	free(d);
}

/* ---- last bytes --------------------------------------------------------------- */

void
devices_ask_raw(struct devices *d)
{
	d->asked = true;
	/* chot-camera sees no bytes. One that is down is asked again. */
	for (size_t i = 0; i < d->n; i++)
		if (d->slots[i].role != ROLE_CAMERA)
			child_send(d->slots[i].child, "raw", NULL);
}

void
devices_forget_raw(struct devices *d)
{
	d->asked = false;
	for (size_t i = 0; i < d->n; i++)
		explicit_bzero(d->slots[i].raw, sizeof(d->slots[i].raw));
}

/* ---- words ------------------------------------------------------------------ */

static const char *
lost_words(enum reader_role role)
{
	switch (role) {
	case ROLE_SCANNER:
		return _("Scanner %d lost");
	case ROLE_THERMOMETER:
		return _("Thermometer %d lost");
	case ROLE_CAMERA:
		return _("Camera %d lost");
	default:
		return _("Plate reader %d lost");
	}
}

size_t
devices_troubles(const struct devices *d, char lines[][VIEW_TEXT_MAX],
    size_t most)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n && n < most; i++) {
		int32_t moved = drift_mc(&d->slots[i].drift);

		if (d->slots[i].lost)
			snprintf(lines[n++], VIEW_TEXT_MAX,
			    lost_words(d->slots[i].role), d->slots[i].number);
		else if (moved != 0)
			snprintf(lines[n++], VIEW_TEXT_MAX,
			    _("Thermometer %d drifts by %s%d.%d: check it"),
			    d->slots[i].number, moved < 0 ? "-" : "+",
			    abs(moved) / 1000, abs(moved) / 100 % 10);
	}
	return n;
}

static const char *
role_name(enum reader_role role)
{
	static const char *const names[] = {
		[ROLE_SCANNER] = N_("Scanner %d"),
		[ROLE_THERMOMETER] = N_("Thermometer %d"),
		[ROLE_CAMERA] = N_("Camera %d"),
		[ROLE_PLATE] = N_("Plate reader %d"),
	};

	return _(names[role]);
}

bool
devices_state(const struct devices *d, size_t *i, struct device_state *state)
{
	const struct slot *slot = &d->slots[*i];

	if (*i >= d->n)
		return false;
	snprintf(state->word, sizeof(state->word), "%s %d",
	    reader_role_word(slot->role), slot->number);
	snprintf(state->name, sizeof(state->name), role_name(slot->role),
	    slot->number);
	memcpy(state->words, slot->words, sizeof(state->words));
	memcpy(state->last, slot->last, sizeof(state->last));
	memcpy(state->raw, slot->raw, sizeof(state->raw));
	state->raw_ms = slot->raw_ms;
	state->heard = slot->heard;
	state->lost = slot->lost;
	state->faults = slot->faults;
	state->last_ms = slot->last_ms;
	(*i)++;
	return true;
}
