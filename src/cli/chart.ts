/** The boxes and arrows of a flowchart. */
export interface Box {
  id: string;
  stage: string;
  kind: string;
  /** The number of repetitions and their axes; "" for one. */
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
