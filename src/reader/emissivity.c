/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * emissivity - what of a skin's radiation is its own, and the rest the room's.
 *
 * A sensor reckons with the emissivity it is set to. Where it can be told
 * another, it is told, and asked whether it took it (struct teach); where it
 * cannot, but says how warm the room is, its value is reckoned anew from the
 * radiation it saw (Stefan and Boltzmann, as an MLX90614 does it). Pure.
 */
#include "parts.h"

#include <math.h>
#include <string.h>

#define ZERO_K 273.15
#define TELLS_MAX 3 /* what a sensor keeps wears out by being written */

int
emissivity_check(const struct settings *settings, struct err *err)
{
	const struct driver *driver = settings->driver;
	bool by_register = driver->by_register;

	if (settings->emissivity == 0)
		return settings->sensor_emissivity == 0 &&
		    settings->emissivity_register < 0 &&
		    settings->emissivity_scale == 0 ? 0 : err_set(err,
		    ERR_SETUP, "what belongs to emissivity needs emissivity");
	if (driver->emissivity == EMISSIVITY_NONE)
		return err_set(err, ERR_SETUP, "%s takes no emissivity: it is "
		    "neither set by us nor known what it reckons with",
		    driver->name);
	if ((driver->emissivity == EMISSIVITY_RECKONED) !=
	    (settings->sensor_emissivity != 0))
		return err_set(err, ERR_SETUP, driver->emissivity ==
		    EMISSIVITY_RECKONED ? "%s cannot be told an emissivity: "
		    "give sensor_emissivity, what it is set to, as well" :
		    "%s says itself what it is set to: no sensor_emissivity",
		    driver->name);
	if (by_register != (settings->emissivity_register >= 0) ||
	    by_register != (settings->emissivity_scale != 0))
		return err_set(err, ERR_SETUP, by_register ?
		    "%s needs emissivity_register and emissivity_scale, of "
		    "the sensor's papers" : "%s has no emissivity_register "
		    "and no emissivity_scale", driver->name);
	if (by_register &&
	    settings->emissivity * settings->emissivity_scale % 1000 != 0)
		return err_set(err, ERR_SETUP, "emissivity has more digits "
		    "than emissivity_scale");
	return 0;
}

/* ---- reckoned by us ----------------------------------------------------------- */

bool
emissivity_reckon(int32_t object_mc, int32_t ambient_mc, int emissivity,
    int sensor, int32_t *value_mc)
{
	double object = pow(object_mc / 1000.0 + ZERO_K, 4);
	double ambient = pow(ambient_mc / 1000.0 + ZERO_K, 4);
	double skin = ambient + (object - ambient) * sensor / emissivity;

	if (skin <= 0) /* colder than anything: these do not belong together */
		return false;
	*value_mc = (int32_t)lround((sqrt(sqrt(skin)) - ZERO_K) * 1000);
	return true;
}

/* ---- told to the sensor -------------------------------------------------------- */

void
teach_start(struct teach *t, const struct settings *settings)
{
	*t = (struct teach){ .state = settings->driver != NULL &&
	    settings->driver->emissivity == EMISSIVITY_SENT &&
	    settings->emissivity != 0 ? TEACH_ASK : TEACH_DONE };
}

size_t
teach_make(struct teach *t, const struct settings *settings,
    unsigned char out[QUERY_MAX])
{
	bool set = t->state == TEACH_TELL;

	t->n = 0;
	t->asked = !set;
	if (set) {
		t->tells++;
		t->state = TEACH_ASK; /* whether it took it */
	}
	return settings->driver->make_emissivity(settings, set, out);
}

enum taught
teach_take(struct teach *t, const struct settings *settings,
    const unsigned char *bytes, size_t n)
{
	size_t room = sizeof(t->bytes) - t->n;
	long value = 0;
	int taken;

	/* What it says to being told is no answer to our question. */
	if (!t->asked)
		return TAUGHT_NOTHING;
	memcpy(t->bytes + t->n, bytes, n < room ? n : room);
	t->n += n < room ? n : room;
	taken = settings->driver->take_emissivity(settings, t->bytes, t->n,
	    &value);
	if (taken == TAKE_MORE)
		return TAUGHT_NOTHING;
	t->asked = false;
	if (taken < 0)
		return TAUGHT_DAMAGED;
	if (value == settings->emissivity) {
		t->state = TEACH_DONE;
		return TAUGHT_NOTHING;
	}
	if (value == 0 || t->tells == TELLS_MAX)
		return TAUGHT_REFUSED;
	t->state = TEACH_TELL;
	return TAUGHT_NOTHING;
}
