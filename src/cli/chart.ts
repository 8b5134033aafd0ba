/** The boxes and arrows of a flowchart. */
export interface Box {
  id: string;
  stage: string;
  kind: string;
  /** How often and over which axes; "" for once. */
  times: string;
}

export interface Arrow {
  from: Box;
  to: Box;
  port: string;
}

export interface Chart {
  /** Each box comes after the boxes that it needs. */
  boxes: Box[];
  arrows: Arrow[];
}
