/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * peer_zxing - zxing-cpp reads the frames that the bench sends; see peers.h.
 */
#include <cstdio>
#include <ctime>
#include <vector>

#include <ZXing/ReadBarcode.h>

#if __has_include(<ZXing/ReaderOptions.h>)
using Options = ZXing::ReaderOptions;
#else
using Options = ZXing::DecodeHints;
#endif

static double
cpu_ms()
{
	timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return static_cast<double>(t.tv_sec) * 1e3 +
	    static_cast<double>(t.tv_nsec) / 1e6;
}

int
main()
{
	std::vector<unsigned char> pixels;
	int width, height;

	while (scanf("P5 %d %d 255%*c", &width, &height) == 2) {
		Options hints;

		pixels.resize(static_cast<size_t>(width) * height);
		if (fread(pixels.data(), 1, pixels.size(), stdin) !=
		    pixels.size())
			return 1;
		hints.setFormats(ZXing::BarcodeFormat::QRCode);
		double before = cpu_ms();
		auto results = ZXing::ReadBarcodes(ZXing::ImageView(
		    pixels.data(), width, height, ZXing::ImageFormat::Lum),
		    hints);
		printf("%.3f", cpu_ms() - before);
		for (const auto &result : results) {
			if (!result.isValid())
				continue;
			printf(" ");
			for (unsigned char c : result.bytes())
				printf("%02x", c);
		}
		printf("\n");
		fflush(stdout);
	}
	return 0;
}
