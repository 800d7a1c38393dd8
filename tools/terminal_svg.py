"""Draws what a command printed as a picture: python3 tools/terminal_svg.py TITLE < text > svg"""
import sys
from html import escape

CHAR, LINE, PAD, BAR = 7.8, 18, 20, 34

title = sys.argv[1]
lines = sys.stdin.read().rstrip("\n").split("\n")
width = int(max(len(title) + 8, *(len(line) for line in lines)) * CHAR + 2 * PAD)
height = BAR + PAD + LINE * len(lines) + PAD // 2
print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">')
print(f"<title>{escape(title)}</title>")
print(f'<rect width="{width}" height="{height}" rx="10" fill="#0f1720"/>')
print(f'<rect width="{width}" height="{BAR}" rx="10" fill="#1d2937"/>')
print('<g font-family="ui-monospace,Menlo,Consolas,monospace" font-size="13" xml:space="preserve">')
print(f'<text x="{PAD}" y="22" fill="#9fb3c8">$ {escape(title)}</text>')
for number, line in enumerate(lines):
    strong = line.isupper() or line[:4].isupper() and line[:4].isalpha()
    colour = "#7ee2b8" if strong else "#d9e2ec"
    y = BAR + PAD + LINE * number
    print(f'<text x="{PAD}" y="{y}" fill="{colour}">{escape(line)}</text>')
print("</g></svg>")
