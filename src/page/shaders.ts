/** The programs of the graphics processor (GLSL ES 3.00). `turn` gives right, up and away of a place in the box. */

export const mostIsolines = 24;

const projection = `
uniform mat3 turn;
uniform vec2 scale;
uniform vec2 origin;
vec4 projected(vec3 place, float lift) {
  vec3 seen = turn * place;
  return vec4(seen.xy * scale + origin, 0.5 * seen.z - lift, 1.0);
}`;

/** A surface, each facet in the light of its own slope, with isolines. */
export const meshProgram = {
  vertex: `${projection}
in vec3 place;
in vec3 colour;
out vec3 box;
out vec3 tint;
void main() {
  box = place;
  tint = colour;
  gl_Position = projected(place, 0.0);
}`,
  fragment: `
uniform vec3 light;
uniform float opacity;
uniform int count;
uniform float levels[${mostIsolines}];
in vec3 box;
in vec3 tint;
out vec4 colour;
void main() {
  vec3 normal = normalize(cross(dFdx(box), dFdy(box)));
  vec3 shaded = tint * (0.62 + 0.38 * abs(dot(normal, light)));
  float steep = max(fwidth(box.z), 1e-6);
  float line = 0.0;
  vec3 ink = vec3(0.0);
  for (int i = 0; i < ${mostIsolines}; i++) {
    if (i >= count) break;
    float here = 1.0 - smoothstep(0.35, 1.1, abs(box.z - levels[i]) / steep);
    if (here > line) {
      line = here;
      ink = levels[i] < 0.19 ? vec3(1.0) : vec3(0.15, 0.2, 0.3);
    }
  }
  colour = vec4(mix(shaded, ink, 0.6 * line) * opacity, opacity);
}`,
};

export const lineProgram = {
  vertex: `${projection}
uniform vec2 pixel;
uniform float width;
uniform float lift;
in vec2 corner;
in vec3 from;
in vec3 to;
void main() {
  vec4 a = projected(from, lift);
  vec4 b = projected(to, lift);
  vec2 along = (b.xy - a.xy) / pixel;
  vec2 unit = along / max(length(along), 1e-6);
  // A little longer than the piece, so that pieces at an angle leave no gap.
  vec2 aside = (vec2(-unit.y, unit.x) * corner.y + unit * (2.0 * corner.x - 1.0) * 0.5) * 0.5 * width * pixel;
  gl_Position = mix(a, b, corner.x) + vec4(aside, 0.0, 0.0);
}`,
  fragment: `
uniform vec3 tint;
uniform float opacity;
out vec4 colour;
void main() {
  colour = vec4(tint * opacity, opacity);
}`,
};

/** Round dots with a dark rim. */
export const dotProgram = {
  vertex: `${projection}
uniform float size;
uniform float ratio;
in vec3 place;
in vec3 colour;
out vec3 tint;
void main() {
  tint = colour;
  gl_Position = projected(place, 0.008);
  gl_PointSize = size * ratio;
}`,
  fragment: `
uniform float opacity;
uniform float size;
in vec3 tint;
out vec4 colour;
void main() {
  float from = length(gl_PointCoord - 0.5) * size;
  float inside = clamp(0.5 * size - from + 0.5, 0.0, 1.0) * opacity;
  if (inside <= 0.0) discard;
  float rim = smoothstep(0.5 * size - 1.6, 0.5 * size - 0.6, from) * (size > 9.0 ? 1.0 : 0.55);
  colour = vec4(mix(tint, vec3(0.12, 0.14, 0.19), rim) * inside, inside);
}`,
};
