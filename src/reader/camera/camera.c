/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * camera - one grey frame, from wherever it came, to event lines.
 */
#include "parts.h"

#include <stdio.h>

int
camera_size(const struct device *device, int *width, int *height,
    struct err *err)
{
	const char *size = device_option(device, "size");
	int end = 0;

	if (size != NULL && (sscanf(size, "%5dx%5d%n", width, height,
	    &end) != 2 || size[end] != '\0' || !grey_fits(*width, *height)))
		return err_set(err, ERR_SETUP, "size=%s: WIDTHxHEIGHT", size);
	return 0;
}

void
camera_frame(struct camera *camera, const struct grey *grey, bool still,
    int64_t at_ms)
{
	const char *hint;
	struct err err;

	if (report_done(&camera->report))
		return;
	if (look_at(camera->look, grey, still, &camera->codes, &hint,
	    &err) != 0) {
		report_fault(&camera->report, NULL, err.text);
		return;
	}
	for (size_t i = 0; i < camera->codes.count; i++) {
		const struct code *code = &camera->codes.code[i];

		/* A still picture counts by itself. */
		if (still || !seen_again(&camera->seen, code, at_ms))
			report_scan(&camera->report, code);
	}
	if (hint != NULL)
		report_hint(&camera->report, hint, loop_now_ms(camera->loop));
}
