/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * phonecode PIXELS BLUR NOISE <TEXT >PGM: a code of level L as a 720p camera
 * sees it on a phone: a bright screen, a little askew, with so many hundredths
 * of a pixel a module, so much blur (the standard deviation in hundredths of a
 * pixel) and so much noise (grey levels). Says on standard error how many
 * modules wide the code is.
 */
#include <math.h>
#include <qrencode.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 1280
#define HEIGHT 720
#define QUIET 4      /* modules of white around the code */
#define SAMPLES 4    /* a side, within a pixel */
#define TILT 0.05    /* radians */
#define LIGHT 205.0
#define DARK 45.0
#define DESK 90.0    /* what is around the phone */
#define BLUR_REACH 6

static float picture[HEIGHT][WIDTH], soft[HEIGHT][WIDTH];

/* Of the module plane at x, y, in modules from the code's corner. */
static double
grey_at(const QRcode *code, double x, double y)
{
	int column = (int)floor(x), row = (int)floor(y);

	if (column < -QUIET || row < -QUIET || column >= code->width + QUIET ||
	    row >= code->width + QUIET)
		return DESK;
	if (column < 0 || row < 0 || column >= code->width ||
	    row >= code->width)
		return LIGHT;
	return (code->data[row * code->width + column] & 1) != 0 ? DARK : LIGHT;
}

static void
render(const QRcode *code, double pixels)
{
	double c = cos(TILT) / pixels, s = sin(TILT) / pixels;

	for (int y = 0; y < HEIGHT; y++)
		for (int x = 0; x < WIDTH; x++) {
			double sum = 0;

			for (int i = 0; i < SAMPLES * SAMPLES; i++) {
				double px = x - WIDTH / 2.0 +
				    (i % SAMPLES + 0.5) / SAMPLES;
				double py = y - HEIGHT / 2.0 +
				    (i / SAMPLES + 0.5) / SAMPLES;

				sum += grey_at(code,
				    code->width / 2.0 + c * px + s * py,
				    code->width / 2.0 - s * px + c * py);
			}
			picture[y][x] = (float)(sum / (SAMPLES * SAMPLES));
		}
}

static void
blur(float from[HEIGHT][WIDTH], float to[HEIGHT][WIDTH], double sigma, int dx,
    int dy)
{
	for (int y = 0; y < HEIGHT; y++)
		for (int x = 0; x < WIDTH; x++) {
			double sum = 0, weight = 0;

			for (int i = -BLUR_REACH; i <= BLUR_REACH; i++) {
				int sx = x + i * dx, sy = y + i * dy;
				double w = exp(-i * i / (2 * sigma * sigma));

				if (sx < 0 || sy < 0 || sx >= WIDTH ||
				    sy >= HEIGHT)
					continue;
				sum += w * (double)from[sy][sx];
				weight += w;
			}
			to[y][x] = (float)(sum / weight);
		}
}

static void
print(double noise)
{
	uint32_t random = 1; /* the same picture every time */

	printf("P5 %d %d 255\n", WIDTH, HEIGHT);
	for (int y = 0; y < HEIGHT; y++)
		for (int x = 0; x < WIDTH; x++) {
			double grey;

			random = random * 1664525 + 1013904223;
			grey = (double)picture[y][x] + noise *
			    ((double)(random >> 8) / (1 << 23) - 1);
			putchar(grey < 0 ? 0 : grey > 255 ? 255 : (int)grey);
		}
}

int
main(int argc, char **argv)
{
	char text[5000];
	QRcode *code;
	double sigma;

	if (argc != 4 || fgets(text, sizeof(text), stdin) == NULL)
		return 64;
	text[strcspn(text, "\r\n")] = '\0';
	/* All of it in capitals and signs: the code is alphanumeric. */
	code = QRcode_encodeString(text, 0, QR_ECLEVEL_L, QR_MODE_8, 1);
	if (code == NULL)
		return 65;
	fprintf(stderr, "%d\n", code->width);
	render(code, atoi(argv[1]) / 100.0);
	sigma = atoi(argv[2]) / 100.0;
	if (sigma > 0) {
		blur(picture, soft, sigma, 1, 0);
		blur(soft, picture, sigma, 0, 1);
	}
	print(atoi(argv[3]));
	QRcode_free(code);
	return 0;
}
