/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * temps - the part of an intake that is about temperatures: samples in,
 * measurements out, and the emissivity told to the sensor before the first.
 */
#include "parts.h"

#define SINGLE_LEAST_MC 20000
#define SINGLE_MOST_MC 45000
#define AMBIENT_LEAST_MC (-50000)
#define AMBIENT_MOST_MC 125000 /* no sensor lives beyond */

static void
emit(struct intake *s, const struct event_temp *temp)
{
	s->event.kind = EVENT_TEMP;
	s->event.temp = *temp;
	s->sink.event(s->sink.arg, &s->event);
}

/* The value that counts; false when the sample holds none. */
static bool
pick_value(const struct intake *s, const struct sample *sample,
    int32_t *value_mc)
{
	bool body = sample->has_body &&
	    (s->settings->value == 1 || !sample->has_object);

	*value_mc = body ? sample->body_mc : sample->object_mc;
	return body || sample->has_object;
}

/* The device reckons with what its frame says, which may not be what was
 * configured: its object is reckoned anew, its body cannot be. */
static bool
heed_emissivity(struct intake *s, const struct sample *sample)
{
	const struct settings *settings = s->settings;
	struct reckoning reckoning = s->measure.reckoning;

	if (settings->emissivity == 0 ||
	    settings->driver->emissivity != EMISSIVITY_TOLD)
		return true;
	if (sample->emissivity == 0 || sample->emissivity > 1000) {
		intake_complain(s, &s->doubt, N_("a reading is out of range"));
		return false;
	}
	if (settings->value == 1 && sample->emissivity != settings->emissivity) {
		intake_complain(s, &s->untaught,
		    N_("the device is set to another emissivity"));
		return false;
	}
	if (sample->emissivity != reckoning.sensor) {
		reckoning.sensor = sample->emissivity;
		measure_init(&s->measure, &reckoning);
	}
	return true;
}

void
temps_sample(void *arg, const struct sample *sample)
{
	struct intake *s = arg;
	const int32_t *ambient_mc = sample->has_ambient ?
	    &sample->ambient_mc : s->has_ambient ? &s->ambient_mc : NULL;
	struct event_temp temp;
	int32_t value_mc;

	/* A room that cannot be: the rest of it is not to be trusted. */
	if (sample->has_ambient && (sample->ambient_mc < AMBIENT_LEAST_MC ||
	    sample->ambient_mc > AMBIENT_MOST_MC)) {
		intake_complain(s, &s->doubt, N_("a reading is out of range"));
		return;
	}
	if (!heed_emissivity(s, sample))
		return;
	if (!pick_value(s, sample, &value_mc)) {
		/* It tells the room in a frame of its own. */
		s->has_ambient = sample->has_ambient;
		s->ambient_mc = sample->ambient_mc;
		return;
	}
	/* Not to be reckoned before the room is known. */
	if (s->measure.reckoning.sensor != 0 && ambient_mc == NULL)
		return;
	if (s->settings->single == 0) {
		if (measure_sample(&s->measure, value_mc, ambient_mc,
		    s->now_ms, &temp))
			emit(s, &temp);
		return;
	}
	if (value_mc < SINGLE_LEAST_MC || value_mc > SINGLE_MOST_MC) {
		intake_complain(s, &s->doubt, N_("a reading is out of range"));
		return;
	}
	measure_single(value_mc, ambient_mc, &s->measure.reckoning, &temp);
	emit(s, &temp);
}

void
temps_start(struct intake *s)
{
	const struct settings *settings = s->settings;
	const struct reckoning reckoning = {
		.offset_mc = (int32_t)settings->offset_mc,
		.emissivity = (int)settings->emissivity,
		.sensor = (int)settings->sensor_emissivity };

	measure_init(&s->measure, &reckoning);
	teach_start(&s->teach, settings);
}

void
temps_bytes(struct intake *s, const unsigned char *bytes, size_t n)
{
	if (s->teach.state == TEACH_DONE) {
		packet_push(&s->packet, bytes, n, s->now_ms, temps_sample, s);
		return;
	}
	switch (teach_take(&s->teach, s->settings, bytes, n)) {
	case TAUGHT_NOTHING:
		break;
	case TAUGHT_REFUSED:
		intake_complain(s, &s->untaught,
		    N_("the device does not take the emissivity"));
		break;
	case TAUGHT_DAMAGED:
		intake_complain(s, &s->damaged, "damaged data from the device");
		break;
	}
}

void
temps_tick(struct intake *s)
{
	struct event_temp temp;

	if (measure_tick(&s->measure, s->now_ms, &temp))
		emit(s, &temp);
}
