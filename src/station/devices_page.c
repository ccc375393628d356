/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devices_page - the page of all devices: state, last reading, faults. No
 * payload and no plate is on it. Who has the right may see the last bytes of each,
 * which readers tell without letters and digits; they are asked for while
 * they are looked at, and nobody keeps them.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>

#define DEVICE_LINES_MAX 24

/* "12 s", "5 min", "3 h" */
static void
age_text(int64_t ms, char out[24])
{
	if (ms < 100000)
		snprintf(out, 24, _("%d s"), (int)(ms / 1000));
	else if (ms < 100 * 60000)
		snprintf(out, 24, _("%d min"), (int)(ms / 60000));
	else
		snprintf(out, 24, _("%d h"), (int)(ms / 3600000));
}

/* A name in as many columns, letters with marks being more bytes. */
static void
pad(const char *text, int columns, char *out, size_t size)
{
	int width = text_columns(text);

	snprintf(out, size, "%s%*s", text, width < columns ? columns - width :
	    1, "");
}

void
device_line(const struct device_state *state, int64_t now_ms,
    char out[VIEW_TEXT_MAX])
{
	char name[96], last[128] = "", age[24], faults[48] = "";

	pad(state->name, 18, name, sizeof(name));
	if (state->last_ms != 0) {
		age_text(now_ms - state->last_ms, age);
		snprintf(last, sizeof(last), _("  last %s ago: %s"), age,
		    state->last);
	}
	if (state->faults > 0)
		snprintf(faults, sizeof(faults), _("  faults: %u"),
		    state->faults);
	/* Of one that is lost the reason counts; what it read last may be cut. */
	if (state->lost)
		snprintf(out, VIEW_TEXT_MAX, "%s%s%s  %s%s", name, _("lost"),
		    faults, state->words, last);
	else
		snprintf(out, VIEW_TEXT_MAX, "%s%s%s%s", name,
		    state->heard ? _("works") : _("starting"), last, faults);
}

/* "  12 s ago  5A 5A .. 0D" */
void
device_raw_line(const struct device_state *state, int64_t now_ms,
    char out[VIEW_TEXT_MAX])
{
	const char *raw = state->raw;
	char age[24];
	size_t n;

	age_text(now_ms - state->raw_ms, age);
	n = (size_t)snprintf(out, VIEW_TEXT_MAX, "  %6s ", age);
	for (; raw[0] != '\0' && raw[1] != '\0' && n + 4 < VIEW_TEXT_MAX;
	    raw += 2)
		n += (size_t)snprintf(out + n, VIEW_TEXT_MAX - n, " %.2s", raw);
}

void
station_raw(struct station *st)
{
	bool before = st->shows_raw;

	st->shows_raw &= st->desk.window == WINDOW_DEVICES &&
	    (strcmp(st->conf->mode, "kiosk") == 0 ||
	    !duty_closed(&st->office->duty));
	for (size_t i = 0; i < st->nlanes; i++)
		if (st->shows_raw)
			devices_ask_raw(st->lanes[i].devices);
		else if (before)
			devices_forget_raw(st->lanes[i].devices);
}

static bool
allowed_to_somebody(const struct station *st)
{
	return st->office != NULL &&
	    duty_holder(&st->office->duty, RIGHT_BYTES);
}

void
station_devices(const struct station *st, struct view *view)
{
	int64_t now_ms = loop_now_ms(st->loop);
	const size_t most = DEVICE_LINES_MAX;

	view->ndetail = 0;
	for (size_t i = 0; i < st->nlanes && view->ndetail < most; i++) {
		const struct post_lane *lane = &st->lanes[i];
		struct device_state state = { 0 };
		size_t reader = 0, output = 0;

		if (st->nlanes > 1)
			snprintf(view->detail[view->ndetail++], VIEW_TEXT_MAX,
			    _("Lane %s"), lane->session.setup.lane->title);
		while (view->ndetail < most &&
		    (devices_state(lane->devices, &reader, &state) ||
		    (memset(&state, 0, sizeof(state)),
		    outputs_state(lane->outputs, &output, &state)))) {
			device_line(&state, now_ms,
			    view->detail[view->ndetail++]);
			if (st->shows_raw && state.raw[0] != '\0' &&
			    view->ndetail < most)
				device_raw_line(&state, now_ms,
				    view->detail[view->ndetail++]);
		}
	}
	if (st->desk.over_ssh && view->ndetail < most)
		snprintf(view->detail[view->ndetail++], VIEW_TEXT_MAX, "%s",
		    _("Over SSH: scans by keyboard are off"));
	if (view->ndetail == 0)
		snprintf(view->detail[view->ndetail++], VIEW_TEXT_MAX, "%s",
		    _("No devices: codes come from the keyboard"));
	else if (view->ndetail < most && allowed_to_somebody(st))
		snprintf(view->detail[view->ndetail++], VIEW_TEXT_MAX, "%s",
		    st->shows_raw ?
		    _("Last bytes; .. stands for letters and digits") :
		    _("J: the last bytes of each, for a leader or administrator"));
}
