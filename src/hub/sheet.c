/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sheet - a ticket on paper: one page A5 as SVG, which any browser prints.
 * The one file here that knows libqrencode. In Vietnamese first, since it is
 * read at the post; the file is for its owner alone, as the ticket is.
 */
#include "parts.h"

#include <errno.h>
#include <qrencode.h>
#include <string.h>

#define QUIET 4          /* modules around the code */
#define CODE_MM 86.0     /* with them */
#define LINE_LETTERS 58  /* of the ticket as text */

static const char opening[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"148mm\" "
    "height=\"210mm\" viewBox=\"0 0 148 210\">\n"
    "<rect width=\"148\" height=\"210\" fill=\"#fff\"/>\n"
    "<g font-family=\"sans-serif\" font-size=\"4.4\">\n";

/* Texts are the database's and the hub's: still nothing of them is markup. */
static void
add_escaped(struct text *out, const char *text)
{
	for (; *text != '\0'; text++)
		switch (*text) {
		case '<': text_add(out, "&lt;"); break;
		case '>': text_add(out, "&gt;"); break;
		case '&': text_add(out, "&amp;"); break;
		default: text_add(out, "%c", *text);
		}
}

static void
add_line(struct text *out, double y, const char *style, const char *label,
    const char *text)
{
	text_add(out, "<text x=\"12\" y=\"%.1f\"%s>", y, style);
	add_escaped(out, label);
	add_escaped(out, text);
	text_add(out, "</text>\n");
}

static void
add_code(struct text *out, const QRcode *code)
{
	double module = CODE_MM / (code->width + 2 * QUIET);

	text_add(out, "<g transform=\"translate(31 62) scale(%.5f)\">"
	    "<path d=\"", module);
	for (int y = 0; y < code->width; y++)
		for (int x = 0; x < code->width; x++)
			if (code->data[y * code->width + x] & 1)
				text_add(out, "M%d %dh1v1h-1z", x + QUIET,
				    y + QUIET);
	text_add(out, "\"/></g>\n");
}

static void
add_ticket(struct text *out, const char *ticket)
{
	static const char style[] =
	    " font-family=\"monospace\" font-size=\"3.2\"";
	char line[LINE_LETTERS + 1];
	double y = 160;

	for (; *ticket != '\0'; ticket += strlen(line), y += 4.2) {
		snprintf(line, sizeof(line), "%s", ticket);
		add_line(out, y, style, "", line);
	}
}

static void
draw(struct text *out, const struct sheet *sheet, const QRcode *code)
{
	text_add(out, "%s", opening);
	add_line(out, 18, " font-size=\"8\" font-weight=\"bold\"", "Chốt ",
	    sheet->station);
	add_line(out, 27, " font-size=\"6\"", sheet->name, "");
	add_line(out, 38, "", "Phiếu đăng ký máy, dùng MỘT lần, trước ",
	    sheet->expires);
	add_line(out, 44, "", "Trên máy của chốt: chạy lệnh  chot setup  rồi "
	    "quét mã này.", "");
	add_line(out, 50, " font-size=\"3.4\" fill=\"#444\"", "One-time ticket "
	    "of a checkpoint post. Run  chot setup  and scan. Hub: ",
	    sheet->url);
	add_line(out, 56, " font-size=\"3.4\" fill=\"#444\"", "Ai có phiếu này "
	    "có thể đóng vai chốt: giữ kín, dùng xong thì hủy.", "");
	add_code(out, code);
	add_ticket(out, sheet->ticket);
	text_add(out, "</g>\n</svg>\n");
}

int
sheet_write(const struct sheet *sheet, const char *path, struct err *err)
{
	QRcode *code = QRcode_encodeString(sheet->ticket, 0, QR_ECLEVEL_M,
	    QR_MODE_8, 1);
	struct text out = { 0 };
	int ret;

	if (code == NULL)
		return err_set(err, ERR_INPUT, "no QR code of the ticket: %s",
		    strerror(errno));
	draw(&out, sheet, code);
	ret = file_write(path, out.bytes, out.len, 0600, true, err);
	explicit_bzero(out.bytes, out.len);
	text_free(&out);
	QRcode_free(code);
	return ret;
}
