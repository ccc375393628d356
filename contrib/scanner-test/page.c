/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * page - prints the test page for scanners, A4, as SVG on standard output.
 * Its codes are those that `chot read scanner DEVICE --test` asks for.
 */
#include <qrencode.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../src/reader/parts.h"

#define CODE_MM 72.0 /* with its quiet zone */
#define QUIET 4      /* modules */

static const struct {
	double x, y; /* mm */
	const char *vi, *en;
} places[TESTCODES] = {
	{ 22, 58, "Chữ và số thường", "Plain letters and numbers" },
	{ 116, 58, "Chữ tiếng Việt", "Vietnamese letters" },
	{ 22, 158, "Dấu câu, ký hiệu", "Signs" },
	{ 116, 158, "Mã dài", "A long code" },
};

static void
print_text(double x, double y, double size, const char *weight,
    const char *text)
{
	printf("<text x=\"%.1f\" y=\"%.1f\" font-size=\"%.1f\" "
	    "font-weight=\"%s\">%s</text>\n", x, y, size, weight, text);
}

/* One path of black runs, in modules; the group scales it. */
static void
print_code(int number)
{
	unsigned char payload[TESTCODE_MAX];
	size_t n = testcode_payload(number, payload);
	QRcode *code = QRcode_encodeData((int)n, payload, 0, QR_ECLEVEL_L);
	double module;

	if (code == NULL)
		abort();
	module = CODE_MM / (code->width + 2 * QUIET);
	printf("<g id=\"code%d\" transform=\"translate(%.2f,%.2f) "
	    "scale(%.5f)\"><path d=\"", number, places[number - 1].x,
	    places[number - 1].y, module);
	for (int y = 0; y < code->width; y++)
		for (int x = 0, run; x < code->width; x += run) {
			const unsigned char *row = code->data +
			    y * code->width;

			for (run = 1; x + run < code->width &&
			    (row[x + run] & 1) == (row[x] & 1); run++)
				;
			if (row[x] & 1)
				printf("M%d %dh%dv1h-%dz", x + QUIET,
				    y + QUIET, run, run);
		}
	printf("\"/></g>\n");
	QRcode_free(code);
}

int
main(void)
{
	printf("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"210mm\" "
	    "height=\"297mm\" viewBox=\"0 0 210 297\" "
	    "font-family=\"sans-serif\">\n"
	    "<rect width=\"210\" height=\"297\" fill=\"#fff\"/>\n");
	print_text(22, 24, 7, "bold", "Trang thử máy quét / Scanner test page");
	print_text(22, 33, 4, "normal",
	    "Chạy: chot read scanner --test serial:/dev/... rồi quét từng mã "
	    "theo số máy gọi.");
	print_text(22, 39, 4, "normal",
	    "Run: chot read scanner --test serial:/dev/... and scan each code "
	    "when its number is called.");
	print_text(22, 45, 4, "normal",
	    "Che các mã còn lại bằng giấy. / Cover the other codes with "
	    "paper.");
	for (int i = 0; i < TESTCODES; i++) {
		char title[32];

		snprintf(title, sizeof(title), "%d", i + 1);
		print_text(places[i].x + 4, places[i].y + 2, 9, "bold", title);
		print_code(i + 1);
		print_text(places[i].x + 14, places[i].y - 1, 4, "bold",
		    places[i].vi);
		print_text(places[i].x + 14, places[i].y + 3, 3.4, "normal",
		    places[i].en);
	}
	print_text(22, 248, 4, "normal",
	    "In tỷ lệ 100 %, mực đen, giấy trắng. Mã 2 kiểm tra bảng mã, mã 3 "
	    "kiểm tra kiểu bàn phím,");
	print_text(22, 254, 4, "normal",
	    "mã 4 kiểm tra tốc độ và mất byte; mọi mã kiểm tra ký tự kết "
	    "thúc.");
	print_text(22, 262, 4, "normal",
	    "Print at 100 %, black on white. Code 2 checks the character set, "
	    "code 3 the keyboard layout,");
	print_text(22, 268, 4, "normal",
	    "code 4 speed and lost bytes; every code checks what ends a scan.");
	printf("</svg>\n");
	return 0;
}
