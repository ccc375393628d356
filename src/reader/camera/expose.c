/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * expose - the exposure that suits the code, not the picture around it.
 *
 * A camera's own exposure looks at the whole frame: a phone before a dark coat
 * is blown out, a card against the sky is black. Where a code is seen that does
 * not read because of that, the exposure is taken over in steps, and given back
 * when no code has been in view for a while.
 */
#include "parts.h"

#define EXPOSE_STEP_MS 300    /* until a step shows in the frames */
#define EXPOSE_BACK_MS 10000  /* without a code in view */
#define EXPOSE_DARK 60        /* mean grey level of a code */
#define EXPOSE_BLOWN 300      /* of 1,000 pixels: more is no white paper */

static int
within(const struct expose *expose, int value)
{
	return value < expose->least ? expose->least :
	    value > expose->most ? expose->most : value;
}

enum expose_order
expose_step(struct expose *expose, const struct light *light, int64_t now_ms)
{
	int value = expose->value;

	if (light->code)
		expose->code_ms = now_ms;
	if (!light->code) {
		if (!expose->taken ||
		    now_ms - expose->code_ms < EXPOSE_BACK_MS)
			return EXPOSE_KEEP;
		expose->taken = false;
		return EXPOSE_GIVE_BACK;
	}
	if (now_ms - expose->step_ms < EXPOSE_STEP_MS)
		return EXPOSE_KEEP;
	if (light->blown > EXPOSE_BLOWN)
		value = within(expose, value * 6 / 10);
	else if (light->mean < EXPOSE_DARK)
		value = within(expose, value * 16 / 10 + 1);
	if (value == expose->value)
		return EXPOSE_KEEP;
	expose->value = value;
	expose->taken = true;
	expose->step_ms = now_ms;
	return EXPOSE_SET;
}
