/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a picture or as video: frames within bounds, or refused. */
#include <assert.h>
#include <string.h>

#include "../../src/reader/camera/parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
on_frame(void *arg, const struct grey *frame, int64_t at_ms)
{
	size_t *count = arg;

	assert(grey_fits(frame->width, frame->height) && at_ms >= 0);
	/* Touch the last pixel. */
	*count += 1 + frame->pixels[(size_t)frame->width *
	    (size_t)frame->height - 1] / 256;
}

static void
feed_video(const uint8_t *data, size_t size)
{
	size_t count = 0;
	struct y4m y4m;
	struct err err;

	y4m_init(&y4m);
	while (size > 0)
		y4m_push(&y4m, &data, &size, on_frame, &count, &err);
	y4m_clear(&y4m);
}

static void
feed_camera(const uint8_t *data, size_t size)
{
	struct raw raw;
	struct err err;

	if (size < 4)
		return;
	raw = (struct raw){ data[0] % (PIXELS_MJPEG + 1), data[1], data[2],
		data[3] };
	grey_free(convert(&raw, data + 4, size - 4, &err));
}

static void
on_part(void *arg, const unsigned char *part, size_t n)
{
	struct err err;

	(void)arg;
	grey_free(jpeg_parse(part, n, &err));
}

/* A line is the type; its first letter tells how the stream is cut. */
static void
feed_parts(const uint8_t *data, size_t size)
{
	const uint8_t *line = memchr(data, '\n', size);
	char type[200] = "";
	struct multipart m;
	struct err err;
	size_t piece;

	if (line == NULL || line == data ||
	    (size_t)(line - data) >= sizeof(type))
		return;
	memcpy(type, data, (size_t)(line - data));
	piece = 1 + data[0];
	size -= (size_t)(line + 1 - data);
	data = line + 1;
	if (multipart_init(&m, type, &err) != 0)
		return;
	while (size > 0) {
		size_t n = piece < size ? piece : size;

		multipart_push(&m, data, n, on_part, NULL);
		data += n;
		size -= n;
	}
	multipart_clear(&m);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err;

	if (size < 1)
		return 0;
	/* A size that a header claims is paid for in time and memory. */
	if (size > 5 && memcmp(data + 1, "\x89PNG", 4) == 0)
		grey_free(png_parse(data + 1, size - 1, &err));
	else if (data[0] == 'v')
		feed_video(data + 1, size - 1);
	else if (data[0] == 'c')
		feed_camera(data + 1, size - 1);
	else if (data[0] == 'm')
		feed_parts(data + 1, size - 1);
	else if (data[0] == 'j')
		grey_free(jpeg_parse(data + 1, size - 1, &err));
	else
		grey_free(pnm_parse(data + 1, size - 1, &err));
	return 0;
}
