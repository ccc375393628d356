/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * relay - gates and booths: on for a time, then off, whatever happens.
 *
 * Each channel has what it is and what it should be; a tick sends one frame
 * towards that. What is not known counts as on: after every opening, and
 * after every doubt, off-frames are sent until one is taken.
 */
#include "parts.h"

#include <poll.h>
#include <string.h>

#define GAP_MS 50      /* small boards miss frames that follow at once */
#define ECHO_MS 400
#define TRIES 3
#define RETRY_MS 500
#define SAY_AGAIN_MS 10000
#define GUARD_SPARE_MS 2000
#define OPEN_MAX_MS 5000 /* of a gate's pulse */

static int
number_of(const struct relay *r, const struct relay_channel *channel)
{
	return (int)(channel - r->channels) + 1;
}

static bool
is_settled(const struct relay_channel *channel)
{
	return channel->is == (channel->want ? RELAY_ON : RELAY_OFF);
}

void
relay_init(struct relay *r, const struct tuning *tuning,
    const struct sink_out *sink)
{
	*r = (struct relay){ .tuning = tuning, .sink = *sink };
}

/* ---- what a channel has become ---------------------------------------------------- */

static void
guard_now(struct relay *r)
{
	long left = -1;

	for (long i = 0; i < r->tuning->channels; i++) {
		const struct relay_channel *channel = &r->channels[i];

		if (channel->want && channel->ms > left)
			left = channel->ms;
	}
	r->sink.arm(r->sink.arg, left < 0 ? -1 : left + GUARD_SPARE_MS);
}

static void
settle(struct relay *r, struct relay_channel *channel, bool on)
{
	int number = number_of(r, channel);
	unsigned n = channel->n;

	channel->is = on ? RELAY_ON : RELAY_OFF;
	channel->tries = 0;
	sink_say(&r->sink, "switch %u %s channel=%d reason=%s", n,
	    on ? "on" : "off", number, channel->reason);
	if (on) {
		channel->until_ms = r->now_ms + channel->ms;
		guard_now(r);
		return;
	}
	/* Off may be what a refused on has ended in: that was said. */
	if (n != 0)
		sink_say(&r->sink, "done %u", n);
	channel->n = 0;
	strcpy(channel->reason, "none");
	guard_now(r);
}

/* A frame was not taken, or not echoed. */
static void
missed(struct relay *r, struct relay_channel *channel)
{
	channel->is = RELAY_UNKNOWN;
	channel->retry_ms = r->now_ms + RETRY_MS;
	channel->tries++;
	if (channel->tries < TRIES)
		return;
	channel->tries = 0;
	if (channel->want) {
		channel->want = false;
		channel->retry_ms = 0;
		sink_fault(&r->sink, channel->n,
		    N_("the relay does not answer"));
		channel->n = 0;
		strcpy(channel->reason, "fault");
	} else if (r->said_ms == 0 || r->now_ms - r->said_ms >= SAY_AGAIN_MS) {
		r->said_ms = r->now_ms;
		sink_fault(&r->sink, channel->n,
		    N_("the relay does not confirm that channel %d is off"),
		    number_of(r, channel));
	}
}

static void
send_frame(struct relay *r, struct relay_channel *channel)
{
	int number = number_of(r, channel);
	ssize_t done;

	r->nframe = r->tuning->board->frame(r->tuning->address, number,
	    channel->want, r->frame);
	done = r->sink.write(r->sink.arg, r->frame, r->nframe);
	r->next_ms = r->now_ms + GAP_MS;
	if (done != (ssize_t)r->nframe) {
		missed(r, channel);
	} else if (!r->tuning->board->echoes) {
		settle(r, channel, channel->want);
	} else {
		r->asked = number;
		r->asked_on = channel->want;
		r->asked_ms = r->now_ms;
		r->necho = 0;
	}
}

/* ---- orders ------------------------------------------------------------------------- */

static bool
locked(const struct relay *r, const struct relay_channel *channel)
{
	for (long i = 0; i < r->tuning->channels; i++) {
		const struct relay_channel *other = &r->channels[i];

		if ((!r->tuning->by_channel || other == channel) &&
		    (other->want || other->is != RELAY_OFF))
			return true;
	}
	return false;
}

static void
switch_on(struct relay *r, struct relay_channel *channel,
    const struct order *order, long ms, bool gate)
{
	if (!r->up) {
		sink_fault(&r->sink, order->n, N_("no relay"));
	} else if (locked(r, channel)) {
		sink_fault(&r->sink, order->n,
		    N_("interlock: something is on, or not yet known to be "
		    "off"));
	} else {
		*channel = (struct relay_channel){ .is = RELAY_OFF,
			.want = true, .gate = gate, .n = order->n, .ms = ms };
		strcpy(channel->reason, order->reason);
		sink_say(&r->sink, "ok %u", order->n);
		guard_now(r); /* before anything is on */
	}
}

static void
order_open(struct relay *r, struct relay_channel *channel,
    const struct order *order)
{
	long ms = order->ms == 0 ? r->tuning->pulse_ms : order->ms;

	if (ms > OPEN_MAX_MS || ms > r->tuning->max_ms)
		sink_fault(&r->sink, order->n,
		    N_("a gate's pulse is at most %ld ms"),
		    r->tuning->max_ms < OPEN_MAX_MS ? r->tuning->max_ms :
		    OPEN_MAX_MS);
	else
		switch_on(r, channel, order, ms, true);
}

static void
order_on(struct relay *r, struct relay_channel *channel,
    const struct order *order)
{
	if (order->ms == 0)
		sink_fault(&r->sink, order->n, N_("on needs milliseconds"));
	else if (order->ms > r->tuning->max_ms)
		sink_fault(&r->sink, order->n, N_("at most %ld ms"),
		    r->tuning->max_ms);
	else
		switch_on(r, channel, order, order->ms, false);
}

/* Always obeyed: what runs is done, and so is this. */
static void
order_off(struct relay *r, struct relay_channel *channel,
    const struct order *order)
{
	if (channel->n != 0)
		sink_fault(&r->sink, channel->n, N_("switched off by %u"),
		    order->n);
	channel->n = order->n;
	strcpy(channel->reason, order->reason);
	channel->want = false;
	channel->is = RELAY_UNKNOWN; /* sent even if it was off */
	channel->retry_ms = 0;
	if (r->up)
		sink_say(&r->sink, "ok %u", order->n);
	else
		sink_fault(&r->sink, order->n, N_("no relay"));
	if (!r->up)
		channel->n = 0;
}

static const struct {
	const char *verb;
	void (*run)(struct relay *r, struct relay_channel *channel,
	    const struct order *order);
} verbs[] = {
	{ "open", order_open }, { "on", order_on }, { "off", order_off },
};

void
relay_order(struct relay *r, struct order *order, int64_t now_ms)
{
	struct err err = { .text = "" };

	r->now_ms = now_ms;
	if (order_parse_switch(order, &err) < 0) {
		sink_fault(&r->sink, order->n, "%s", err.text);
		return;
	}
	if (order->channel > r->tuning->channels) {
		sink_fault(&r->sink, order->n, N_("there is no channel %ld"),
		    order->channel);
		return;
	}
	for (size_t i = 0; i < nitems(verbs); i++)
		if (strcmp(verbs[i].verb, order->verb) == 0) {
			verbs[i].run(r, &r->channels[order->channel - 1],
			    order);
			relay_tick(r, now_ms);
			return;
		}
	sink_fault(&r->sink, order->n, N_("no such order: %s"), order->verb);
}

/* ---- the device ------------------------------------------------------------------------ */

void
relay_up(struct relay *r, int64_t now_ms)
{
	r->up = true;
	r->now_ms = r->next_ms = now_ms;
	r->asked = 0;
	r->said_ms = 0;
	for (long i = 0; i < r->tuning->channels; i++) {
		r->channels[i] = (struct relay_channel){ .is = RELAY_UNKNOWN };
		strcpy(r->channels[i].reason, "start");
	}
	relay_tick(r, now_ms);
}

void
relay_down(struct relay *r, int64_t now_ms)
{
	r->up = false;
	r->now_ms = now_ms;
	r->asked = 0;
	for (long i = 0; i < r->tuning->channels; i++) {
		struct relay_channel *channel = &r->channels[i];

		if (channel->n != 0)
			sink_fault(&r->sink, channel->n,
			    N_("the relay was lost"));
		*channel = (struct relay_channel){ .is = RELAY_UNKNOWN };
		strcpy(channel->reason, "lost");
	}
	r->sink.arm(r->sink.arg, -1);
}

void
relay_bytes(struct relay *r, const unsigned char *bytes, size_t n,
    int64_t now_ms)
{
	r->now_ms = now_ms;
	for (size_t i = 0; i < n && r->asked != 0; i++) {
		struct relay_channel *channel = &r->channels[r->asked - 1];

		/* Noise before an echo starts the echo anew. */
		r->necho = bytes[i] == r->frame[r->necho] ? r->necho + 1 :
		    bytes[i] == r->frame[0];
		if (r->necho < r->nframe)
			continue;
		r->asked = 0;
		/* Meanwhile the order may have been changed to off. */
		if (r->asked_on == channel->want)
			settle(r, channel, channel->want);
	}
	relay_tick(r, now_ms);
}

static void
end_what_is_over(struct relay *r)
{
	for (long i = 0; i < r->tuning->channels; i++) {
		struct relay_channel *channel = &r->channels[i];

		if (channel->is == RELAY_ON && channel->want &&
		    r->now_ms >= channel->until_ms) {
			channel->want = false;
			channel->tries = 0;
		}
	}
}

/* Off goes before on: one of them may be a gate. */
static struct relay_channel *
next_to_send(struct relay *r)
{
	for (int on = 0; on < 2; on++)
		for (long i = 0; i < r->tuning->channels; i++) {
			struct relay_channel *channel = &r->channels[i];

			if (!is_settled(channel) && channel->want == on &&
			    channel->retry_ms <= r->now_ms)
				return channel;
		}
	return NULL;
}

void
relay_tick(struct relay *r, int64_t now_ms)
{
	struct relay_channel *channel;

	r->now_ms = now_ms;
	if (!r->up)
		return;
	end_what_is_over(r);
	if (r->asked != 0 && now_ms - r->asked_ms >= ECHO_MS) {
		channel = &r->channels[r->asked - 1];
		r->asked = 0;
		missed(r, channel);
	}
	if (r->asked != 0 || now_ms < r->next_ms)
		return;
	channel = next_to_send(r);
	if (channel != NULL)
		send_frame(r, channel);
}

int64_t
relay_deadline(const struct relay *r)
{
	int64_t first = -1;

	if (!r->up)
		return -1;
	for (long i = 0; i < r->tuning->channels; i++) {
		const struct relay_channel *channel = &r->channels[i];
		int64_t at_ms = -1;

		if (r->asked == i + 1)
			at_ms = r->asked_ms + ECHO_MS;
		else if (!is_settled(channel))
			at_ms = channel->retry_ms > r->next_ms ?
			    channel->retry_ms : r->next_ms;
		else if (channel->is == RELAY_ON)
			at_ms = channel->until_ms;
		if (at_ms >= 0 && (first < 0 || at_ms < first))
			first = at_ms;
	}
	return first;
}

/* ---- the end ------------------------------------------------------------------------------- */

void
relay_last(struct relay *r, int64_t now_ms)
{
	for (long i = 0; i < r->tuning->channels; i++) {
		struct relay_channel *channel = &r->channels[i];

		if (channel->want && !channel->gate)
			channel->want = false;
	}
	relay_tick(r, now_ms);
}

bool
relay_busy(const struct relay *r)
{
	if (!r->up)
		return false;
	for (long i = 0; i < r->tuning->channels; i++)
		if (r->channels[i].want || r->channels[i].is == RELAY_ON ||
		    r->channels[i].n != 0)
			return true;
	return false;
}

void
relay_off(const struct tuning *tuning, ssize_t (*write_fn)(void *arg,
    const unsigned char *bytes, size_t n), void *arg)
{
	for (long i = 0; i < tuning->channels; i++) {
		unsigned char frame[16];
		size_t n = tuning->board->frame(tuning->address, (int)i + 1,
		    false, frame);

		write_fn(arg, frame, n);
		if (i + 1 < tuning->channels)
			poll(NULL, 0, GAP_MS);
	}
}
