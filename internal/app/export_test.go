package app

// Stop ends a server like that of the portal.
var Stop = stop
