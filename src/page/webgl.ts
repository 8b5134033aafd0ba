import type { View } from "../figures/projection.js";
import type { Dots, Geometry, Line, Mesh } from "./sceneGeometry.js";
import { dotProgram, lineProgram, meshProgram, mostIsolines } from "./shaders.js";

/** How the box lies on the canvas, in CSS pixels. */
export interface Camera extends View {
  /** Pixels for a unit of the box, and the place of its origin. */
  scale: number;
  x: number;
  y: number;
}

export interface Renderer {
  draw(camera: Camera): void;
  release(): void;
}

/**
 * Draws a geometry on a canvas with WebGL 2, in the parallel projection and the light of the printed figures. Undefined
 * where the browser has none.
 */
export function renderer(canvas: HTMLCanvasElement, { meshes, lines, dots }: Geometry): Renderer | undefined {
  const gl = canvas.getContext("webgl2", { antialias: true, alpha: true });
  if (!gl) return undefined;
  const opaque = meshes.filter(({ opacity }) => opacity === 1).map((mesh) => meshDrawer(gl, mesh));
  const clear = meshes.filter(({ opacity }) => opacity < 1).map((mesh) => meshDrawer(gl, mesh));
  const over = [...lines.map((line) => lineDrawer(gl, line)), ...dots.map((each) => dotDrawer(gl, each))];
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  gl.enable(gl.DEPTH_TEST);
  return {
    draw(camera) {
      const ratio = window.devicePixelRatio || 1;
      canvas.width = Math.round(canvas.clientWidth * ratio);
      canvas.height = Math.round(canvas.clientHeight * ratio);
      gl.viewport(0, 0, canvas.width, canvas.height);
      gl.clearColor(0, 0, 0, 0);
      gl.depthMask(true);
      gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
      gl.depthFunc(gl.LEQUAL);
      for (const draw of opaque) draw(camera, 1);
      for (const draw of over) draw(camera, 1);
      gl.depthMask(false);
      for (const draw of clear) draw(camera, 1);
      // What lies behind a surface shows faintly.
      gl.depthFunc(gl.GREATER);
      if (opaque.length > 0) for (const draw of over) draw(camera, 0.25);
    },
    release: () => gl.getExtension("WEBGL_lose_context")?.loseContext(),
  };
}

type Layer = (camera: Camera, opacity: number) => void;

/** Attributes by name: numbers, how many a vertex, and whether each serves a whole instance. */
type Attributes = Record<string, { values: Float32Array | Uint8Array; size: number; isPerInstance?: boolean }>;

function layer(
  gl: WebGL2RenderingContext,
  source: { vertex: string; fragment: string },
  attributes: Attributes,
  draw: (locate: (name: string) => WebGLUniformLocation | null, opacity: number) => void,
): Layer {
  const program = link(gl, source);
  const array = gl.createVertexArray();
  gl.bindVertexArray(array);
  for (const [name, { values, size, isPerInstance }] of Object.entries(attributes)) {
    const at = gl.getAttribLocation(program, name);
    if (at < 0) continue;
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
    gl.enableVertexAttribArray(at);
    const isByte = values instanceof Uint8Array;
    gl.vertexAttribPointer(at, size, isByte ? gl.UNSIGNED_BYTE : gl.FLOAT, isByte, 0, 0);
    if (isPerInstance) gl.vertexAttribDivisor(at, 1);
  }
  const locate = (name: string) => gl.getUniformLocation(program, name);
  return (camera, opacity) => {
    gl.useProgram(program);
    gl.bindVertexArray(array);
    place(gl, locate, camera);
    draw(locate, opacity);
  };
}

function link(gl: WebGL2RenderingContext, { vertex, fragment }: { vertex: string; fragment: string }): WebGLProgram {
  const program = gl.createProgram();
  for (const [type, text] of [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(type) as WebGLShader;
    gl.shaderSource(shader, `#version 300 es\nprecision highp float;\n${text}`);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program) ?? "no program");
  return program;
}

/** The same projection and light as those of src/figures/projection.ts. */
function place(
  gl: WebGL2RenderingContext,
  locate: (name: string) => WebGLUniformLocation | null,
  { azimuth, elevation, scale, x, y }: Camera,
): void {
  const [turn, tilt] = [azimuth, elevation].map((degrees) => (degrees * Math.PI) / 180);
  const [cos, sin, up, flat] = [Math.cos(turn), Math.sin(turn), Math.sin(tilt), Math.cos(tilt)];
  // Rows of a matrix: to the right, up, and away from the viewer.
  const rows = [cos, -sin, 0, sin * up, cos * up, flat, sin * flat, cos * flat, -up];
  gl.uniformMatrix3fv(locate("turn"), true, rows);
  const { clientWidth: width, clientHeight: height } = gl.canvas as HTMLCanvasElement;
  gl.uniform2f(locate("scale"), (2 * scale) / width, (2 * scale) / height);
  gl.uniform2f(locate("origin"), (2 * x) / width - 1, 1 - (2 * y) / height);
  gl.uniform2f(locate("pixel"), 2 / width, 2 / height);
  gl.uniform1f(locate("ratio"), window.devicePixelRatio || 1);
  const side = ((azimuth + 35) * Math.PI) / 180;
  const light = [-0.5 * Math.sin(side), -0.5 * Math.cos(side), 0.85];
  gl.uniform3fv(
    locate("light"),
    light.map((part) => part / Math.hypot(...light)),
  );
}

function meshDrawer(gl: WebGL2RenderingContext, mesh: Mesh): Layer {
  const { places, colours, corners, isolines } = mesh;
  const indices = corners && gl.createBuffer();
  return layer(
    gl,
    meshProgram,
    { place: { values: places, size: 3 }, colour: { values: colours, size: 3 } },
    (locate, opacity) => {
      gl.uniform1f(locate("opacity"), mesh.opacity * opacity);
      const levels = isolines.slice(0, mostIsolines);
      gl.uniform1i(locate("count"), levels.length);
      if (levels.length > 0) gl.uniform1fv(locate("levels"), levels);
      if (!corners || !indices) return gl.drawArrays(gl.TRIANGLES, 0, places.length / 3);
      gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, indices);
      gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, corners, gl.STATIC_DRAW);
      gl.drawElements(gl.TRIANGLES, corners.length, gl.UNSIGNED_INT, 0);
    },
  );
}

/** Every piece of a line is a rectangle on the canvas, an instance of the same four corners. */
function lineDrawer(gl: WebGL2RenderingContext, { places, colour, width, rim }: Line): Layer {
  const count = places.length / 3 - 1;
  const corners = Float32Array.of(0, -1, 1, -1, 0, 1, 1, 1);
  return layer(
    gl,
    lineProgram,
    {
      corner: { values: corners, size: 2 },
      from: { values: places.slice(0, -3), size: 3, isPerInstance: true },
      to: { values: places.slice(3), size: 3, isPerInstance: true },
    },
    (locate, opacity) => {
      const passes = rim > 0 ? [{ tint: [255, 255, 255], wide: width + 2 * rim, lift: 0.004 }] : [];
      for (const { tint, wide, lift } of [...passes, { tint: colour, wide: width, lift: 0.006 }]) {
        gl.uniform1f(locate("width"), wide);
        gl.uniform1f(locate("lift"), lift);
        gl.uniform1f(locate("opacity"), opacity);
        gl.uniform3fv(
          locate("tint"),
          tint.map((channel) => channel / 255),
        );
        gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, count);
      }
    },
  );
}

function dotDrawer(gl: WebGL2RenderingContext, { places, colours, size }: Dots): Layer {
  const attributes = { place: { values: places, size: 3 }, colour: { values: colours, size: 3 } };
  return layer(gl, dotProgram, attributes, (locate, opacity) => {
    gl.uniform1f(locate("size"), size);
    gl.uniform1f(locate("opacity"), opacity);
    gl.drawArrays(gl.POINTS, 0, places.length / 3);
  });
}
