/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stack - the mean of successive frames, for as long as nothing moves.
 *
 * A code lies before the camera for seconds. What a single dark frame hides
 * in its noise, eight of them show: noise shrinks by the root of their number
 * and the code does not. When something moves the stack begins anew.
 */
#include "stages.h"

#include <stdlib.h>
#include <string.h>

#define STACK_FULL 8 /* frames */
#define STACK_STEP 3 /* of the pixels every third is compared */
#define STACK_CALM 9 /* mean square of a change that is none */
#define STACK_ALIKE 0.45f /* correlation of neighbours that have moved */

/*
 * What changed since the mean: noise differs from pixel to pixel, but what has
 * moved leaves marks that are some pixels wide, where neighbours have changed
 * alike. So no noise level needs to be known. A change of the light as a
 * whole is no movement.
 */
static bool
still_there(const struct stack *stack, const struct grey *grey,
    const struct region *region)
{
	float share = 1.0f / (float)stack->count;
	float sum = 0, squares = 0, alike = 0, mean;
	int n = 0;

	for (int y = region->y; y < region->y + region->height;
	    y += STACK_STEP)
		for (int x = region->x; x + 1 < region->x + region->width;
		    x += STACK_STEP) {
			size_t at = (size_t)y * (size_t)grey->width +
			    (size_t)x;
			float a = (float)grey->pixels[at] -
			    (float)stack->sum[at] * share;
			float b = (float)grey->pixels[at + 1] -
			    (float)stack->sum[at + 1] * share;

			sum += a + b;
			squares += a * a + b * b;
			alike += a * b;
			n++;
		}
	if (n == 0)
		return false;
	mean = sum / (float)(2 * n);
	squares = squares / (float)(2 * n) - mean * mean;
	alike = alike / (float)n - mean * mean;
	return squares < STACK_CALM || alike < STACK_ALIKE * squares;
}

static bool
make_room(struct stack *stack, const struct grey *grey)
{
	size_t n = (size_t)grey->width * (size_t)grey->height;

	if (stack->width == grey->width && stack->height == grey->height)
		return true;
	stack_clear(stack);
	stack->sum = malloc(n * sizeof(*stack->sum));
	if (stack->sum == NULL)
		return false;
	stack->width = grey->width;
	stack->height = grey->height;
	return true;
}

void
stack_add(struct stack *stack, const struct grey *grey,
    const struct region *region)
{
	size_t n = (size_t)grey->width * (size_t)grey->height;

	if (!make_room(stack, grey))
		return;
	if (stack->count > 0 && !still_there(stack, grey, region))
		stack->count = 0;
	/* Full: let old frames fade, so that light may change slowly. */
	if (stack->count == STACK_FULL) {
		for (size_t i = 0; i < n; i++)
			stack->sum[i] /= 2;
		stack->count /= 2;
	}
	if (stack->count == 0)
		memset(stack->sum, 0, n * sizeof(*stack->sum));
	for (size_t i = 0; i < n; i++)
		stack->sum[i] = (unsigned short)(stack->sum[i] +
		    grey->pixels[i]);
	stack->count++;
}

struct grey *
stack_mean(const struct stack *stack, const struct region *region,
    struct err *err)
{
	struct grey *mean = grey_new(region->width, region->height, err);
	unsigned count = (unsigned)stack->count;

	for (int y = 0; mean != NULL && y < region->height; y++) {
		const unsigned short *from = stack->sum +
		    (size_t)(region->y + y) * (size_t)stack->width + region->x;
		unsigned char *to = mean->pixels +
		    (size_t)y * (size_t)region->width;

		for (int x = 0; x < region->width; x++)
			to[x] = (unsigned char)((from[x] + count / 2) / count);
	}
	return mean;
}

void
stack_clear(struct stack *stack)
{
	free(stack->sum);
	*stack = (struct stack){ .count = 0 };
}
