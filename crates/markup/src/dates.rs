/// Writes moments, given as milliseconds since the Unix epoch, for the one who reads them.
pub trait Dates {
    /// Hours and minutes.
    fn time(&self, unix_millis: i64) -> String;

    /// For the `datetime` of a `time` element (HTML, section 4.5.14). Empty where the calendar has no such moment.
    fn machine(&self, unix_millis: i64) -> String;
}
